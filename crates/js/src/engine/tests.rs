//! What the prelude takes of its engine's memory, by kind. The same on each run: neither a kernel
//! nor other threads have a part in it.

use rquickjs::qjs::JSMemoryUsage;

use super::*;
use crate::entries::eval;
use crate::host::PageOptions;
use crate::limits::PAGES_PER_ENGINE_MAX;

/// What a page may be larger than an engine that has its standard intrinsics and nothing else.
const OVER_ENGINE_LEN_MAX: i64 = 166 * 1024;

/// The same for one of those that share an engine. The process's memory has less for it, as an
/// engine keeps more than it uses, which they share as well: `tests/memory` has that number.
const SHARED_OVER_ENGINE_LEN_MAX: i64 = 80 * 1024;

/// What a page takes besides if its script may look at all globals.
const LOOKING_LEN_MAX: i64 = 19 * 1024;

/// The same for one that names members of the global object and nothing else of it.
const NAMING_LEN_MAX: i64 = 1_100;

fn of_engine() -> JSMemoryUsage {
    let runtime = Runtime::new().unwrap();
    let _context = Context::full(&runtime).unwrap();
    runtime.memory_usage()
}

fn host() -> Rc<Host> {
    Rc::new(Host::new(PageOptions::new(|_, _| {}), None, None, |_| {
        false
    }))
}

/// An engine for `max` pages with as many, each of which is to run `source`.
fn of_pages(max: usize, source: &str) -> JSMemoryUsage {
    let engine = Engine::new(max).unwrap();
    let pages: Vec<_> = (0..max).map(|_| engine.join(&host()).unwrap()).collect();
    for (member, _) in &pages {
        engine.enter(member, |ctx, entries| entries.prepare(ctx, source));
    }
    engine.runtime.run_gc();
    let usage = engine.runtime.memory_usage();
    drop(pages);
    usage
}

/// Each page would take more, and each user of a load test: a part that few scripts need is to wait
/// until it is used.
#[test]
fn prelude_takes_so_much_of_the_engine_and_no_more() {
    let count = PAGES_PER_ENGINE_MAX;
    let (engine, page, shared) = (of_engine(), of_pages(1, ""), of_pages(count, ""));
    let count = i64::try_from(count).unwrap();
    let kinds = |usage: &JSMemoryUsage| {
        [
            ("all", usage.malloc_size),
            ("functions", usage.js_func_size),
            ("of that, code", usage.js_func_code_size),
            ("names", usage.atom_size),
            ("objects", usage.obj_size),
            ("properties", usage.prop_size),
            ("shapes", usage.shape_size),
            ("strings", usage.str_size),
        ]
    };
    let (pages, shares) = (kinds(&page), kinds(&shared));
    for (((kind, before), (_, page)), (_, share)) in
        kinds(&engine).into_iter().zip(pages).zip(shares)
    {
        let share = share / count;
        println!("{kind}: {before} bytes in an engine, {page} in a page, {share} in one of many");
    }
    let over = page.malloc_size - engine.malloc_size;
    let share_over = shared.malloc_size / count - engine.malloc_size;
    assert!(share_over > 0, "nothing was measured");
    assert!(
        over <= OVER_ENGINE_LEN_MAX,
        "the prelude takes {over} bytes"
    );
    assert!(
        share_over <= SHARED_OVER_ENGINE_LEN_MAX,
        "a page that shares an engine takes {share_over} bytes more than an engine"
    );
}

/// What is said in `docs/scripts.md` would not be so.
#[test]
fn script_that_may_look_at_globals_takes_so_much_more() {
    let len = |source: &str| of_pages(PAGES_PER_ENGINE_MAX, source).malloc_size;
    let more = |source: &str| {
        let more = (len(source) - len("")) / i64::try_from(PAGES_PER_ENGINE_MAX).unwrap();
        println!("{source}: {more} bytes more");
        more
    };
    assert!((1..=LOOKING_LEN_MAX).contains(&more("globalThis")));
    assert!((1..=NAMING_LEN_MAX).contains(&more("window.onload = self.run")));
    assert!(more("this.send('hello')") <= 512);
}

/// Memory of users that leave would never come back, or only with the last one.
#[test]
fn pages_one_after_another_take_no_more_memory_than_one() {
    let engine = Engine::new(PAGES_PER_ENGINE_MAX).unwrap();
    let kept = engine.join(&host()).unwrap();
    let after_one = || {
        drop(engine.join(&host()).unwrap());
        engine.runtime.memory_usage().malloc_size
    };
    // What is there once came with the first.
    let first = after_one();
    let grown = (0..10 * PAGES_PER_ENGINE_MAX).map(|_| after_one() - first);
    let grown = grown.max().unwrap();
    assert!(grown <= 1024, "it grew by {grown} bytes");
    assert!(engine.has_room());
    drop(kept);
}

/// Users would join an engine that looks for garbage for ever, or start none where there is room.
#[test]
fn engine_has_so_many_pages_and_no_more() {
    let engines = Engines::new();
    let engine = || {
        let (_, seat) = engines.join(&host()).unwrap();
        (Rc::clone(&seat.engine), seat)
    };
    let (first, seat) = engine();
    let mut seats = vec![seat];
    for _ in 1..PAGES_PER_ENGINE_MAX {
        let (next, seat) = engine();
        assert!(Rc::ptr_eq(&first, &next));
        seats.push(seat);
    }
    assert!(!Rc::ptr_eq(&first, &engine().0));
    drop(seats.pop());
    assert!(Rc::ptr_eq(&first, &engine().0));
}

/// Each engine of a load test would stay in memory when its pages are over, as one that is damaged.
#[test]
fn engine_whose_pages_are_over_has_what_it_began_with() {
    let engine = Engine::new(PAGES_PER_ENGINE_MAX).unwrap();
    assert!(!engine.has_more_than_its_own());
    let pages: Vec<_> = (0..3).map(|_| engine.join(&host()).unwrap()).collect();
    for (member, _) in &pages {
        engine.enter(member, |ctx, entries| {
            let source = "const all = globalThis, url = new all.URL('http://a/?b');
                url.searchParams.sort(); console.log(url, new Blob([]), Iterator.zip);
                const own = { all }; own.own = own; Promise.reject(own); setTimeout(() => {}, 1);
                queueMicrotask(() => {}); addEventListener('x', () => {});
                dispatchEvent(new Event('x'));
                new FinalizationRegistry(() => {}).register(own, 1); (async () => { await 1; })();";
            entries.prepare(ctx, source)?;
            eval(ctx, "test.js", source)
        });
        engine.run_jobs(member);
        assert_eq!(member.host.end(), 0);
    }
    assert!(engine.has_more_than_its_own());
    drop(pages);
    engine.collect();
    assert!(!engine.has_more_than_its_own());
}
