//! What the prelude takes of its engine's memory, by kind. The same on each run: neither a kernel
//! nor other threads have a part in it.

use rquickjs::qjs::JSMemoryUsage;

use super::*;
use crate::host::PageOptions;

/// What a page may be larger than an engine that has its standard intrinsics and nothing else.
const OVER_ENGINE_LEN_MAX: i64 = 192 * 1024;

fn of_engine() -> JSMemoryUsage {
    let runtime = Runtime::new().unwrap();
    let _context = Context::full(&runtime).unwrap();
    runtime.memory_usage()
}

fn host() -> Host {
    Host::new(PageOptions::new(|_, _| {}), None, None, |_| false)
}

/// An engine for `max` pages with as many.
fn of_pages(max: usize) -> JSMemoryUsage {
    let engine = Engine::new(max).unwrap();
    let pages: Vec<_> = (0..max).map(|_| engine.join(host()).unwrap()).collect();
    engine.runtime.run_gc();
    let usage = engine.runtime.memory_usage();
    drop(pages);
    usage
}

/// Each user of a load test would take more: a part that few scripts need is to wait until it is
/// used.
#[test]
fn prelude_takes_so_much_of_the_engine_and_no_more() {
    let (engine, page) = (of_engine(), of_pages(1));
    let kinds = |usage: &JSMemoryUsage| {
        [
            ("all", usage.malloc_size),
            ("functions", usage.js_func_size),
            ("of that, code", usage.js_func_code_size),
            ("of that, lines", usage.js_func_pc2line_size),
            ("names", usage.atom_size),
            ("objects", usage.obj_size),
            ("properties", usage.prop_size),
            ("shapes", usage.shape_size),
            ("strings", usage.str_size),
        ]
    };
    for ((kind, before), (_, after)) in kinds(&engine).into_iter().zip(kinds(&page)) {
        println!("{kind}: {before} bytes in an engine, {after} in a page");
    }
    let over = page.malloc_size - engine.malloc_size;
    assert!(over > 0, "nothing was measured");
    assert!(
        over <= OVER_ENGINE_LEN_MAX,
        "the prelude takes {over} bytes"
    );
}
