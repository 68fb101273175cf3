//! A worker's thread: a page of its own whose outside is another page. Owns its life from the file
//! that it runs to its last word.

use super::Page;
use crate::host::PageOptions;
use crate::stack;
use crate::workers::{Job, Outside, Post};

/// Starts the thread; `false` if the system has none.
pub(crate) fn spawn(job: Job) -> bool {
    stack::spawn("worker", move || work(job)).is_ok()
}

fn work(job: Job) {
    let wires = job.wires.clone();
    if let Err(why) = run(job) {
        wires.post(Post::Failed(why));
    }
    wires.post(Post::Ended);
}

/// Runs the script to its end, or says why it cannot.
fn run(job: Job) -> Result<(), String> {
    let nothing = || "there are no scripts beside this one".to_owned();
    let files = job.files.ok_or_else(nothing)?;
    let script = files.read(&job.url)?;
    let lines = job.wires.clone();
    let mut options = PageOptions::new(move |level, line| {
        lines.post(Post::Line(level, line.to_owned()));
    });
    options.module_directory = Some(files.root().to_owned());
    options.web = job.web;
    options.name = job.name;
    options.exposes_gc = job.exposes_gc;
    options.memory_len_max = job.memory_len_max;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    if job.is_watched {
        let wires = job.wires.clone();
        options.watch = Some(Box::new(move |happening| {
            wires.post(Post::Happened(happening));
        }));
    }
    let outside = Outside::new(job.wires, job.is_module, job.address);
    let page = Page::inside(options, script.files, outside);
    let page = page.map_err(|error| error.to_string())?;
    let run = async {
        if job.is_module {
            page.run_module(&script.name, &script.text).await
        } else {
            page.run(&script.name, &script.text).await
        }
    };
    runtime.block_on(run);
    // Until here, where its thread ends.
    drop(job.place);
    Ok(())
}
