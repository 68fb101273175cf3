//! All that a page can do in one: modules, arguments, lazy parts of the prelude, a worker with
//! scripts of its own, and what is shown.

use std::cell::RefCell;
use std::rc::Rc;

use sockeye_js::{Level, Outcome, Page, PageOptions};

use crate::folder::Folder;

/// Each file, and what is in it.
const FILES: [(&str, &str); 5] = [
    (
        "main.mjs",
        "import { ask } from './parts/ask.mjs';
         const { path, bytes } = await ask('worker.js', scriptArgs[0]);
         const line = document.createElement('p');
         line.textContent = path + ' in ' + bytes;
         document.body.appendChild(line);
         console.log(scriptArgs.length, typeof window.location.href);
         alert('done');",
    ),
    // Its text names parts of the prelude that the first script's does not.
    (
        "parts/ask.mjs",
        "export const ask = (file, url) => new Promise((done, failed) => {
             const given = new URL(url);
             const worker = new Worker(file);
             worker.onerror = failed;
             worker.onmessage = ({ data }) => { worker.terminate(); done(data); };
             worker.postMessage(new Map([['url', String(given)]]));
         });",
    ),
    (
        "worker.js",
        "importScripts('parts/more.js');
         onmessage = async ({ data }) => {
             const { encoded } = await import('./parts/encoded.mjs');
             const { pathname } = new URL(data.get('url'));
             console.log(typeof document, typeof window, typeof prompt, more);
             postMessage({ path: pathname, bytes: encoded(pathname).length });
         };",
    ),
    ("parts/more.js", "var more = 'more';"),
    (
        "parts/encoded.mjs",
        "export const encoded = (text) => new TextEncoder().encode(text);",
    ),
];

/// What works by itself would not work beside the rest, and a page's lines would look like a log.
#[tokio::test]
async fn modules_workers_arguments_and_pages_work_together() {
    let folder = Folder::new(&FILES);
    let lines = Rc::new(RefCell::new(Vec::new()));
    let written = Rc::clone(&lines);
    let mut options = PageOptions::new(move |level, line| {
        written.borrow_mut().push((level, line.to_owned()));
    });
    options.module_directory = Some(folder.path().to_owned());
    options.args = vec!["http://example.com/a%20b".to_owned()];
    let page = Page::new(options).unwrap();
    let main = folder.path().join("main.mjs");
    let outcome = page.run_module(main.to_str().unwrap(), FILES[0].1).await;
    let expected = [
        (Level::Log, "undefined undefined undefined more"),
        (Level::Shown, "/a%20b in 6"),
        (Level::Log, "1 string"),
        (Level::Shown, "done"),
    ];
    let expected = expected.map(|(level, line)| (level, line.to_owned()));
    assert_eq!(
        (outcome, lines.take()),
        (Outcome::Finished, expected.into())
    );
}
