//! Modules: local imports and nothing else, with errors that say which import is wrong and why.

use sockeye_js::{Outcome, Page};

use crate::folder::Folder;
use crate::support::written;

/// Runs the module `site/main.mjs`, or it as a classic script.
async fn run(folder: &Folder, is_module: bool) -> (Outcome, String) {
    let (mut options, lines) = written();
    options.module_directory = Some(folder.path().join("site"));
    let path = folder.path().join("site/main.mjs");
    let source = std::fs::read_to_string(&path).unwrap();
    let page = Page::new(options).unwrap();
    let name = path.to_str().unwrap();
    let outcome = if is_module {
        page.run_module(name, &source).await
    } else {
        page.run(name, &source).await
    };
    (outcome, lines.take().join("\n"))
}

/// A file with a query or a fragment would not be found, or be one module where it is several.
#[tokio::test]
async fn queries_and_fragments_make_modules_of_one_file() {
    let files = Folder::new(&[
        (
            "site/main.mjs",
            "import { each } from './part.mjs';
             import { each as one } from './part.mjs?v=/../1#f';
             import { each as same } from './part.mjs?v=/../1#f';
             console.log(each !== one, one === same, one === (await import('./part.mjs?2')).each);
             console.log(import.meta.resolve('./a.mjs') === new URL('a.mjs', import.meta.url).href);
             try { import.meta.resolve('a'); } catch (error) { console.log(error.name); }
             console.log(import.meta.resolve.name, import.meta.resolve instanceof Function);",
        ),
        (
            "site/part.mjs",
            "import './other.mjs';
             export const each = {}; const { search, hash } = new URL(import.meta.url);
             console.log(search + hash);",
        ),
        ("site/other.mjs", ""),
    ]);
    let (outcome, written) = run(&files, true).await;
    assert_eq!(
        (outcome, written.as_str()),
        (
            Outcome::Finished,
            "\n?v=/../1#f\n?2\ntrue true false\ntrue\nTypeError\nresolve true"
        )
    );
}

/// A page in several files would not run, or one of them twice.
#[tokio::test]
async fn modules_import_files_beside_and_below_them() {
    let files = Folder::new(&[
        (
            "site/main.mjs",
            "import { count, up } from './parts/counter.mjs';
             import again from './parts/../parts/more.mjs';
             up(); again();
             console.log(count, typeof this, import.meta !== undefined);
             const { late } = await import('./parts/late.js');
             console.log(late);",
        ),
        (
            "site/parts/counter.mjs",
            "export let count = 0; export const up = () => { count += 1; };",
        ),
        (
            "site/parts/more.mjs",
            "import { up } from './counter.mjs'; export default up;",
        ),
        (
            "site/parts/late.js",
            "import { up } from './counter.mjs'; export const late = () => up;",
        ),
    ]);
    let (outcome, written) = run(&files, true).await;
    assert_eq!(
        (outcome, written.as_str()),
        (Outcome::Finished, "2 undefined true\n[Function: late]")
    );
}

/// A script, whether it is a module, and what is said of it.
const WRONG: [(&str, bool, &[&str]); 27] = [
    (
        "import 'lodash'",
        true,
        &["main.mjs:1: cannot import \"lodash\"", "./ or ../"],
    ),
    (
        "import 'https://a.example/b.js'",
        true,
        &["\"https://a.example/b.js\"", "./ or ../"],
    ),
    (
        "import '/etc/hosts'",
        true,
        &["\"/etc/hosts\"", "./ or ../"],
    ),
    (
        "import '../secret.mjs'",
        true,
        &["\"../secret.mjs\"", "it is not in the script's folder"],
    ),
    (
        "import '../site/../secret.mjs'",
        true,
        &["it is not in the script's folder"],
    ),
    (
        "import './link.mjs'",
        true,
        &["\"./link.mjs\"", "it is not in the script's folder"],
    ),
    (
        "import './nowhere.mjs'",
        true,
        &["\"./nowhere.mjs\"", "No such file"],
    ),
    (
        "import './bytes.mjs'",
        true,
        &["bytes.mjs: it is not UTF-8"],
    ),
    (
        "import './wrong.mjs'",
        true,
        &["SyntaxError", "wrong.mjs:2"],
    ),
    (
        "import './data.json' with { type: 'json' }",
        true,
        &["no attributes"],
    ),
    (
        "import { nothing } from './empty.mjs'",
        true,
        &["nothing", "empty.mjs", "imported at", "main.mjs:1"],
    ),
    (
        "import {} from './empty.mjs';\nimport {\n  nothing as a,\n} from './empty.mjs'",
        true,
        &["'nothing' in module", "imported at", "main.mjs:3"],
    ),
    (
        "\n document.querySelectorAllX('a')",
        false,
        &[
            "not a function: document.querySelectorAllX; docs/scripts.md",
            "main.mjs:2",
        ],
    ),
    (
        "import './calls.mjs'",
        true,
        &["not a function: socket.go\n", "calls.mjs:2"],
    ),
    // What is no function is what was called by what the line calls.
    ("\n[1].map(5)", false, &["not a function\n", "main.mjs:2"]),
    (
        "const t = new EventTarget(); t.addEventListener('x', {});
         t.dispatchEvent(new Event('x'))",
        false,
        &["not a function\n", "main.mjs:2"],
    ),
    (
        // In the first line, and with an argument that has a name.
        "document.querySelectorAllX('a'); let text",
        true,
        &["not a function: document.querySelectorAllX; docs/scripts.md"],
    ),
    (
        "\nlet text = ''; document.foo(text.trim())",
        true,
        &["not a function\n", "main.mjs:2"],
    ),
    (
        // What a native function called is not in the source.
        "\n[2, 1].sort(5);",
        true,
        &["not a function\n", "main.mjs:2"],
    ),
    (
        // No file of the page's, whatever a script says.
        "try { ({}).b(); } catch (error) {
         const [, folder] = /\\((.*)site/.exec(error.stack);
         error.stack = `at f (${folder}secret.mjs:1:9)`; throw error; }",
        false,
        &["not a function\n", "secret.mjs:1:9"],
    ),
    ("\nnull.x", true, &["Uncaught TypeError", "main.mjs:2"]),
    (
        "await null; throw new Error('late')",
        true,
        &["Uncaught Error: late", "main.mjs:1"],
    ),
    ("let a = ;", true, &["Uncaught SyntaxError", "main.mjs:1"]),
    (
        "import './bad_again.mjs'",
        true,
        &["Uncaught Error: again", "bad_again.mjs:1"],
    ),
    (
        "await new Promise(() => {})",
        true,
        &["awaits something that cannot happen"],
    ),
    (
        "export const a = 1; await import('./cycle.mjs')",
        true,
        &["cannot happen"],
    ),
    ("import('lodash')", false, &["(in promise)", "./ or ../"]),
];

/// Who wrote the page would not find what is wrong; or a script would read files of its reader.
#[tokio::test]
async fn other_imports_are_refused_with_their_names() {
    for (script, is_module, parts) in WRONG {
        let files = Folder::new(&[
            ("site/main.mjs", script),
            ("site/empty.mjs", ""),
            ("site/wrong.mjs", "\nlet a = ;"),
            ("site/data.json", "{}"),
            ("site/calls.mjs", "const socket = {};\nsocket.go();"),
            ("site/bad_again.mjs", "throw new Error('again')"),
            ("site/cycle.mjs", "import { a } from './main.mjs'"),
            ("secret.mjs", "console.log('secret')"),
        ]);
        std::fs::write(files.path().join("site/bytes.mjs"), b"\xff").unwrap();
        let link = files.path().join("site/link.mjs");
        std::os::unix::fs::symlink(files.path().join("secret.mjs"), link).unwrap();
        let (outcome, written) = run(&files, is_module).await;
        assert_eq!(outcome, Outcome::Failed(1), "{script}: {written}");
        assert!(
            parts.iter().all(|part| written.contains(part)),
            "{script}: {written}"
        );
    }
}

/// A classic script could not use what a page has in modules.
#[tokio::test]
async fn classic_script_imports_on_demand() {
    let files = Folder::new(&[
        (
            "site/main.mjs",
            "import('./part.mjs').then((part) => console.log(part.a, this === window))",
        ),
        ("site/part.mjs", "export const a = 1;"),
    ]);
    assert_eq!(
        run(&files, false).await,
        (Outcome::Finished, "1 true".to_owned())
    );
}

/// A module that reads a file beside it, or says where it is, would have no address.
#[tokio::test]
async fn modules_know_their_address() {
    let files = Folder::new(&[
        (
            "site/main.mjs",
            "import { url } from './a b.mjs'; console.log(url); console.log(import.meta.url);",
        ),
        ("site/a b.mjs", "export const { url } = import.meta;"),
    ]);
    let (outcome, lines) = run(&files, true).await;
    assert_eq!(outcome, Outcome::Finished, "{lines}");
    let lines: Vec<&str> = lines.lines().collect();
    assert!(lines[0].starts_with("file:///"), "{lines:?}");
    assert!(lines[0].ends_with("/site/a%20b.mjs"), "{lines:?}");
    assert!(lines[1].ends_with("/site/main.mjs"), "{lines:?}");
}
