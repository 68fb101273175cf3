//! The table of calls against the prelude, against the scripts that make them, and as it stands in
//! `docs/scripts.md`. `UPDATE=1` writes the last.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

use sockeye_js::CALLS;

use crate::support::lines;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Where the table begins and ends in the document.
const BOUNDS: (&str, &str) = (
    "<!-- calls: made from the table in the code -->\n",
    "<!-- /calls -->",
);

/// A script would find something that no document speaks of, or not find what one promises.
#[tokio::test]
async fn table_has_exactly_what_a_page_has() {
    let names = lines(
        r#"
        const element = document.getElementById("a");
        const members = (owner, object, end) => {
            for (let at = object; at !== end; at = Object.getPrototypeOf(at)) {
                for (const name of Object.getOwnPropertyNames(at)) {
                    if (name !== "constructor") console.log(`${owner} ${name}`);
                }
            }
        };
        members("document", document, EventTarget.prototype);
        members("element", element, EventTarget.prototype);
        members("element", document.forms.a, EventTarget.prototype);
        members("frame's document", element.contentDocument, Object.prototype);
        members("frame's window", element.contentWindow, Object.prototype);
        for (const [owner, object] of Object.entries({ document, element, window })) {
            if ("addEventListener" in object) console.log(`${owner} addEventListener`);
        }
        for (const name of ["window", "onload", "alert", "prompt", "origin", "location"]) {
            if (name in globalThis) console.log("window", name);
        }
        "#,
    )
    .await;
    let found: BTreeSet<String> = names.into_iter().collect();
    let listed = CALLS
        .iter()
        .map(|call| format!("{} {}", call.owner, call.name));
    assert_eq!(found, listed.collect());
}

/// A call of the table would be promised without ever having been tried.
#[test]
fn each_call_is_made_by_a_script_that_is_run() {
    let folder = fs::read_dir(format!("{ROOT}/conformance/page")).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let scripts = paths.filter(|path| path.extension().is_some_and(|end| end == "js"));
    let all: String = scripts
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let words = |text: &str| -> BTreeSet<String> {
        let words = text.split(|char: char| !char.is_ascii_alphanumeric());
        words.map(str::to_owned).collect()
    };
    let made = words(&all);
    for call in CALLS {
        assert!(made.contains(call.name), "{} {}", call.owner, call.name);
    }
}

/// The document would promise other calls than there are.
#[test]
fn document_has_the_table() {
    let path = format!("{ROOT}/docs/scripts.md");
    let text = fs::read_to_string(&path).unwrap();
    let mut table = String::from("| of | name | here |\n|---|---|---|\n");
    for call in CALLS {
        writeln!(
            table,
            "| {} | `{}` | {} |",
            call.owner, call.name, call.effect
        )
        .unwrap();
    }
    let (before, rest) = text.split_once(BOUNDS.0).expect("the table begins");
    let (_, after) = rest.split_once(BOUNDS.1).expect("the table ends");
    let wanted = [before, BOUNDS.0, &table, BOUNDS.1, after].concat();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(path, wanted).unwrap();
    } else {
        assert!(
            text == wanted,
            "docs/scripts.md is stale: run the tests with UPDATE=1"
        );
    }
}
