//! Counting: a runtime on the thread that counts, and what happens on it between two points.

use allocation_counter::{AllocationInfo, measure};
use tokio::runtime::{Builder, Runtime};

/// A current-thread runtime with virtual time.
pub(crate) fn runtime() -> Runtime {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    // What a thread allocates once, such as its read buffer and its keeper, is not a connection's.
    runtime.block_on(async {
        let (transport, script) = crate::support::scripted::scripted();
        script.bytes(crate::support::open::REQUEST);
        drop(sockeye::accept(transport).await.unwrap());
        script.end();
        crate::support::poll::settle().await;
        assert!(script.is_dropped());
    });
    runtime
}

/// What `work` allocates on this thread, and its result.
pub(crate) fn counted<F: Future>(runtime: &Runtime, work: F) -> (F::Output, AllocationInfo) {
    let mut result = None;
    let info = measure(|| result = Some(runtime.block_on(work)));
    (result.unwrap(), info)
}

/// Fails unless the most that was held at once is at most `bound` bytes.
#[track_caller]
pub(crate) fn assert_peak(info: &AllocationInfo, bound: usize) {
    let bound = u64::try_from(bound).unwrap();
    assert!(
        info.bytes_max <= bound,
        "{} > {bound}: {info:?}",
        info.bytes_max
    );
}

/// Fails unless what is held at the end is at most `bound` bytes more than at the beginning.
#[track_caller]
pub(crate) fn assert_kept(info: &AllocationInfo, bound: usize) {
    let bound = i64::try_from(bound).unwrap();
    assert!(
        info.bytes_current <= bound,
        "{} > {bound}: {info:?}",
        info.bytes_current
    );
}
