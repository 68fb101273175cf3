//! Threads with room for scripts that call deeply, and how much of it an engine may take. Owns that
//! no engine takes a stack for granted which its thread does not have. Runs no script.

use std::cell::Cell;
use std::io;
use std::thread::{Builder, JoinHandle};

use crate::limits::{STACK_LEN_ELSEWHERE, STACK_LEN_MAX, STACK_ROOM_LEN};

thread_local! {
    /// What an engine of this thread may take.
    static STACK_LEN: Cell<usize> = const { Cell::new(STACK_LEN_ELSEWHERE) };
}

/// Starts a thread for pages, whose scripts may call as deeply as in a browser: an engine that is
/// made on it may take [`STACK_LEN_MAX`], on any other thread [`STACK_LEN_ELSEWHERE`]. The stack is
/// memory of the process as far as a script has used it, and stays until the thread ends.
///
/// # Errors
/// If the system has no thread, or no room for the stack in the address space.
pub fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let thread = Builder::new().name(name.to_owned());
    let thread = thread.stack_size(STACK_LEN_MAX + STACK_ROOM_LEN);
    thread.spawn(move || {
        STACK_LEN.set(STACK_LEN_MAX);
        work()
    })
}

/// What an engine may take that is made here.
pub(crate) fn stack_len() -> usize {
    STACK_LEN.get()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script could end the process with a stack that its thread does not have.
    #[test]
    fn engines_may_take_more_only_where_there_is_more() {
        assert_eq!(stack_len(), STACK_LEN_ELSEWHERE);
        let inside = spawn("deep", || {
            let further = std::thread::spawn(stack_len).join();
            (stack_len(), further.unwrap())
        });
        let lens = inside.unwrap().join().unwrap();
        assert_eq!(lens, (STACK_LEN_MAX, STACK_LEN_ELSEWHERE));
    }
}
