//! Pages that share an engine: what one does, however hostile, is not felt by the others, but that
//! they have one bound for their memory.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use sockeye_js::limits::PAGES_PER_ENGINE_MAX;
use sockeye_js::{Engines, Outcome, Page, PageOptions};
use tokio::join;
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::Instant;

use crate::folder::Folder;
use crate::support::{echo, written};

/// What is changed of a page's options.
type Change = fn(&mut PageOptions);

/// A page in one of `engines` that runs `script`; how it ended, and its lines.
async fn run(engines: &Engines, script: &str, change: Change) -> (Outcome, Vec<String>) {
    let (mut options, lines) = written();
    change(&mut options);
    let page = Page::new_in(options, engines).unwrap();
    let outcome = page.run("test.js", script).await;
    (outcome, lines.take())
}

fn finished(lines: &[&str]) -> (Outcome, Vec<String>) {
    (
        Outcome::Finished,
        lines.iter().map(ToString::to_string).collect(),
    )
}

/// Users would see each other's globals, or break the objects that others talk with.
#[tokio::test]
async fn pages_have_globals_of_their_own() {
    let (engines, url) = (Engines::new(), echo().await);
    let talk = |word: &str| {
        format!(
            "console.log(globalThis.word, [].word, Event.prototype.word, typeof URL);
             var word = Array.prototype.word = Event.prototype.word = '{word}';
             Promise.prototype.then = Map.prototype.get = null;
             const ws = new WebSocket('{url}');
             ws.onopen = () => ws.send(word);
             ws.onmessage = ({{ data }}) => {{ console.log(data, [].word); ws.close(); }};"
        )
    };
    let (one, other) = (talk("one"), talk("other"));
    let (one, other) = join!(run(&engines, &one, |_| {}), run(&engines, &other, |_| {}));
    let fresh = "undefined undefined undefined function";
    assert_eq!(one, finished(&[fresh, "one one"]));
    assert_eq!(other, finished(&[fresh, "other other"]));
}

/// `instanceof` would be false for what the host made: the bindings' functions inherit from what is
/// the engine's own.
#[tokio::test]
async fn functions_of_the_host_are_of_their_page() {
    let engines = Engines::new();
    let script = "const wrong = [];
        let count = 0;
        const look = (object) => {
            const all = Object.entries(Object.getOwnPropertyDescriptors(object));
            for (const [name, { value, get, set }] of all) {
                for (const member of [value, get, set]) {
                    if (typeof member !== 'function') continue;
                    count += 1;
                    if (!(member instanceof Function)) wrong.push(name);
                }
            }
        };
        look(globalThis);
        look(console);
        console.log(count > 100, wrong.join());";
    let run = || run(&engines, script, |_| {});
    let (one, other) = join!(run(), run());
    assert_eq!(one, finished(&["true "]));
    assert_eq!(other, finished(&["true "]));
}

/// A user would import what is another one's, or nothing.
#[tokio::test]
async fn each_page_imports_from_its_own_folder() {
    let engines = Engines::new();
    let run = async |word: &str| {
        let text = format!("globalThis.count ??= 0; count += 1; export const word = '{word}';");
        let folder = Folder::new(&[("part.mjs", &text)]);
        let (mut options, lines) = written();
        options.module_directory = Some(folder.path().to_owned());
        let page = Page::new_in(options, &engines).unwrap();
        let main = folder.path().join("main.mjs");
        let script = "import { word } from './part.mjs';
            await new Promise((done) => setTimeout(done, 5));
            const { word: again } = await import('./part.mjs');
            console.log(word, again, count);";
        let outcome = page.run_module(main.to_str().unwrap(), script).await;
        (outcome, lines.take())
    };
    let (one, other) = join!(run("one"), run("other"));
    assert_eq!(one, finished(&["one one 1"]));
    assert_eq!(other, finished(&["other other 1"]));
}

/// What some page of an engine lacks, or has otherwise, a script of one user in sixteen would miss.
#[tokio::test]
async fn each_page_of_an_engine_has_what_a_page_of_its_own_has() {
    let script = "const seen = new Map(), lines = [];
        const walk = (path, value) => {
            if (Object(value) !== value) return;
            const old = seen.get(value);
            if (old !== undefined) { lines.push(`${path} is ${old}`); return; }
            seen.set(value, path);
            walk(`${path}.[[Prototype]]`, Object.getPrototypeOf(value));
            for (const key of Reflect.ownKeys(value)) {
                const found = Object.getOwnPropertyDescriptor(value, key);
                const { writable, enumerable, configurable } = found;
                const at = `${path}.${String(key)}`;
                lines.push(`${at} ${writable} ${enumerable} ${configurable} ${typeof found.value}`);
                walk(at, found.value);
                walk(`${at}.get`, found.get);
                walk(`${at}.set`, found.set);
            }
        };
        walk('globalThis', globalThis);
        let thrown;
        try { new WebSocket('ws://a/#b'); } catch (error) { thrown = error; }
        lines.push(thrown instanceof DOMException, thrown instanceof Error, thrown.name);
        lines.push(atob(btoa('text')), lines.length > 3000);
        console.log(lines.join('\\n'));
        setTimeout(() => {}, 100);";
    let (own, shared) = (Engines::new(), Engines::new());
    let (expected, first, second) = join!(
        run(&own, script, |_| {}),
        run(&shared, script, |_| {}),
        run(&shared, script, |_| {})
    );
    assert_eq!(expected.0, Outcome::Finished, "{:?}", expected.1);
    assert!(expected.1[0].ends_with("true\ntrue\nSyntaxError\ntext\ntrue"));
    assert!(first == expected, "the first one has something else");
    let (lines, second) = (expected.1[0].lines(), second.1[0].lines());
    for (expected, line) in lines.zip(second) {
        assert_eq!(expected, line);
    }
}

/// One user's endless loop, of whatever kind, would end all others of its engine, or go on in their
/// time once it was stopped.
#[tokio::test]
async fn page_that_is_out_of_time_ends_alone() {
    for endless in [
        "for (;;) {}",
        "const next = () => Promise.resolve().then(next); next(); next();",
        "(async () => { for (;;) { try { await null; } catch {} } })();",
        // What the engine cannot make without memory, which there is none of for what is left.
        "(async () => { await null; Array.fromAsync([]); })(); for (;;) {}",
        "const next = () => queueMicrotask(() => { next(); }); next();",
        "setTimeout(() => {}, 1e9);",
    ] {
        let engines = Engines::new();
        let limited: Change = |options| options.time_limit = Some(Duration::from_millis(50));
        let patient = "let count = 0;
            const again = () => {
                count += 1;
                if (count < 30) setTimeout(again, 10); else console.log('done');
            };
            again();";
        let (late, other) = join!(
            run(&engines, endless, limited),
            run(&engines, patient, |_| {})
        );
        assert_eq!(late, (Outcome::TimedOut, vec![]), "{endless}");
        assert_eq!(other, finished(&["done"]), "{endless}");
        // The engine is as good as new.
        assert_eq!(
            run(&engines, "console.log(1)", |_| {}).await,
            finished(&["1"])
        );
    }
}

/// A page's callbacks would be called in the last moments of another one, where there is neither
/// time nor memory for them, and leave it half done.
#[tokio::test]
async fn callback_for_what_was_collected_is_whole_while_others_run_out_of_time() {
    let engines = Engines::new();
    let hearing = "let heard = 0;
        const list = [1];
        const registry = new FinalizationRegistry(() => {
            // A method that the engine makes when it is first read.
            Promise.any(list).then((one) => { heard += one; });
        });
        const lose = () => { const ring = {}; ring.ring = ring; registry.register(ring, 1); };
        let count = 0;
        const again = setInterval(() => {
            lose();
            count += 1;
            if (count < 40) return;
            clearInterval(again);
            gc();
            setTimeout(() => console.log(heard > 0), 20);
        }, 5);";
    // Garbage is found, and whoever is to hear of it hears when this is over.
    let endless = "for (;;) gc();";
    let late = async {
        for _ in 0..10 {
            let ended = run(&engines, endless, |options| {
                options.exposes_gc = true;
                options.time_limit = Some(Duration::from_millis(10));
            });
            assert_eq!(ended.await, (Outcome::TimedOut, vec![]));
            // The other one has its turn.
            yield_now().await;
        }
    };
    let hearing = run(&engines, hearing, |options| options.exposes_gc = true);
    let (hearing, ()) = join!(hearing, late);
    assert_eq!(hearing, finished(&["true"]));
}

/// What a page hears of its objects would be told at the page that happened to look for garbage, or
/// be heard when that one has something else to do.
#[tokio::test(start_paused = true)]
async fn what_is_collected_while_another_page_runs_is_told_at_its_own() {
    let engines = Engines::new();
    let waiting = "const end = setTimeout(() => console.log('late'), 1e9);
        const registry = new FinalizationRegistry((held) => {
            Promise.reject(new Error('rejected'));
            setTimeout(() => { console.log(held); clearTimeout(end); }, 0);
            throw new Error('thrown');
        });
        (() => { const ring = {}; ring.ring = ring; registry.register(ring, 'collected'); })();";
    let looking = "setTimeout(() => { gc(); console.log(gc instanceof Function); }, 1000);
        setTimeout(() => {}, 2000);";
    let before = Instant::now();
    let (waiting, looking) = join!(
        async { (run(&engines, waiting, |_| {}).await, before.elapsed()) },
        run(&engines, looking, |options| options.exposes_gc = true)
    );
    assert_eq!(looking, finished(&["true"]));
    let ((outcome, lines), took) = waiting;
    assert_eq!(outcome, Outcome::Failed(2));
    let firsts = lines.iter().map(|line| line.lines().next().unwrap());
    let mut firsts: Vec<_> = firsts.collect();
    firsts.sort_unstable();
    assert_eq!(
        firsts,
        [
            "Uncaught (in promise) Error: rejected",
            "Uncaught Error: thrown",
            "collected"
        ]
    );
    assert!(took < Duration::from_secs(3), "it took {took:?}");
}

/// A user that leaves would keep its memory until all users of its engine have left, and its
/// connections open.
#[tokio::test]
async fn page_that_is_over_leaves_nothing() {
    let (engines, url) = (Engines::new(), echo().await);
    let script = format!(
        "const kept = new Uint8Array(4 << 20);
         const ws = new WebSocket('{url}');
         ws.onopen = () => {{ console.log(kept.length); ws.close(); }};
         globalThis.ring = {{ ws, kept, globalThis }};"
    );
    let limited: Change = |options| options.memory_len_max = 8 << 20;
    let all = async {
        // What stays keeps the engine, whose pages may take no more than all of them at once.
        for _ in 0..10 * PAGES_PER_ENGINE_MAX {
            let ended = run(&engines, &script, limited).await;
            assert_eq!(ended, finished(&["4194304"]));
        }
    };
    tokio::select! {
        () = all => {}
        _ = run(&engines, "setTimeout(() => {}, 1e9)", limited) => panic!("it is to stay"),
    }
}

/// One that takes all memory would end the process, or the others for good.
#[tokio::test(start_paused = true)]
async fn memory_is_of_all_pages_and_comes_back() {
    let engines = Engines::new();
    let limited: Change = |options| options.memory_len_max = 4 << 20;
    let greedy = "const all = [];
        setTimeout(() => { for (;;) all.push(new Uint8Array(1 << 16)); }, 10);
        setTimeout(() => {}, 100);";
    let other = "let took = 0;
        setTimeout(() => {
            const again = setInterval(() => {
                globalThis.mine = new Uint8Array(1 << 20);
                took += 1;
                if (took === 3) { clearInterval(again); console.log('enough'); }
            }, 10);
        }, 5);";
    let (greedy, other) = join!(
        run(&engines, greedy, limited),
        run(&engines, other, limited)
    );
    let (outcome, lines) = greedy;
    // Its memory stays full, so its second timer may fail as well.
    assert!(matches!(outcome, Outcome::Failed(_)), "{lines:?}");
    let first = lines[0].lines().next().unwrap();
    let limit = "each of the pages that share it has 4194304 bytes (memory_len_max)";
    assert_eq!(
        first,
        format!("Uncaught InternalError: out of memory: {limit}")
    );
    // It had none left as well, and then some again.
    let (outcome, lines) = other;
    assert!(matches!(outcome, Outcome::Failed(_)), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "enough");
}

/// A user that keeps what is its neighbours', and still does when they are gone, would fail each
/// one that comes later.
#[tokio::test(start_paused = true)]
async fn page_starts_beside_an_engine_without_memory() {
    let engines = Engines::new();
    let limited: Change = |options| options.memory_len_max = 4 << 20;
    let greedy = "const all = [];
        const take = () => {
            for (let len = 1 << 20; len > 512;) {
                try { all.push(new ArrayBuffer(len)); } catch { len >>= 1; }
            }
        };
        setTimeout(() => { take(); console.log('full'); }, 20);
        setInterval(take, 20);";
    let is_full = Rc::new(Notify::new());
    let full = Rc::clone(&is_full);
    // Whatever it says: there may be no memory left for its word.
    let mut options = PageOptions::new(move |_, _| full.notify_one());
    limited(&mut options);
    let greedy = Page::new_in(options, &engines)
        .unwrap()
        .run("test.js", greedy);
    let small = || {
        let mut options = PageOptions::new(|_, _| {});
        limited(&mut options);
        options
    };
    let neighbours = async {
        let others = (1..PAGES_PER_ENGINE_MAX).map(|_| Page::new_in(small(), &engines).unwrap());
        // They are there until the greedy one has taken their shares.
        let kept: Vec<_> = others.collect();
        is_full.notified().await;
        drop(kept);
        for _ in 0..2 * PAGES_PER_ENGINE_MAX {
            let ended = run(&engines, "console.log('here')", limited).await;
            assert_eq!(ended, finished(&["here"]));
        }
    };
    tokio::select! {
        _ = greedy => panic!("it is to stay"),
        () = neighbours => {}
    }
}

/// Whoever is told that a page does not start would not know which bound to raise.
#[test]
fn page_that_does_not_start_names_its_bound() {
    for engines in [None, Some(Engines::new())] {
        let mut options = PageOptions::new(|_, _| {});
        options.memory_len_max = 4096;
        let page = match &engines {
            None => Page::new(options),
            Some(engines) => Page::new_in(options, engines),
        };
        let error = page.unwrap_err().to_string();
        let bound = "a page may take 4096 bytes (memory_len_max)";
        assert!(error.ends_with(bound), "{error}");
    }
}

/// A library that makes or drops pages where a page calls it would end with a panic.
#[tokio::test]
async fn pages_come_and_go_while_another_one_runs() {
    let engines = Rc::new(Engines::new());
    let silent = || PageOptions::new(|_, _| {});
    let kept = Page::new_in(silent(), &engines).unwrap();
    // Goes with the page that has it.
    let owned = Page::new_in(silent(), &engines).unwrap();
    let spare = RefCell::new(Some(Page::new_in(silent(), &engines).unwrap()));
    let (shared, made) = (Rc::clone(&engines), Rc::new(RefCell::new(None)));
    let new = Rc::clone(&made);
    let options = PageOptions::new(move |_, line| {
        assert_eq!(line, "now");
        let _owned = &owned;
        drop(spare.take());
        *new.borrow_mut() = Some(Page::new_in(PageOptions::new(|_, _| {}), &shared).unwrap());
    });
    let page = Page::new_in(options, &engines).unwrap();
    assert_eq!(
        page.run("test.js", "console.log('now')").await,
        Outcome::Finished
    );
    let made: Page = made.take().unwrap();
    for page in [kept, made] {
        assert_eq!(page.run("test.js", "1").await, Outcome::Finished);
    }
}

/// A user of a machine that is busy would not even start.
#[tokio::test]
async fn page_without_time_starts_and_takes_too_long() {
    let engines = Engines::new();
    let late = run(&engines, "for (;;) {}", |options| {
        options.time_limit = Some(Duration::ZERO);
    });
    let (outcome, _) = late.await;
    assert_eq!(outcome, Outcome::TimedOut);
}
