//! Every bound of this crate, each with its default and its reason.

use std::time::Duration;

/// Memory of one page, in bytes, unless its options say otherwise: a script that takes more gets an
/// exception. Pages that share an engine share the sum. A small script takes less than a megabyte.
pub const MEMORY_LEN_MAX: usize = 256 * 1024 * 1024;

/// Pages that share one engine: what an engine has once, some 70 KiB, is a few KiB of each. More of
/// them would make each look for garbage longer, which walks through all of them, and the memory
/// larger that one of them can take from the others.
pub const PAGES_PER_ENGINE_MAX: usize = 16;

/// Memory beyond that for telling of an exception that nobody caught, in bytes: there may be none
/// left. It is a page's only while it tells.
pub const TELLING_MEMORY_LEN: usize = 256 * 1024;

/// Memory that has to be free before a part of the prelude is read, in bytes, several times what
/// any takes: the engine reads memory that it never wrote if none is left in the middle of it.
pub const PART_MEMORY_LEN: usize = 128 * 1024;

/// The same for the parts that each page begins with, all at once.
pub const FIRST_PARTS_MEMORY_LEN: usize = 512 * 1024;

/// Exceptions that wait for that; of more it is only told that there were some.
pub const UNTOLD_MAX: usize = 16;

/// Memory that there is for a page's context while it is made, in bytes, however little its script
/// may take: the bindings do not say if there was too little. It takes less than 64 KiB.
pub const CONTEXT_MEMORY_LEN: usize = 512 * 1024;

/// Stack of one engine, in bytes, on a thread of [`spawn`](crate::spawn): more than 8,000 calls in
/// each other, as many as in Chromium, where a function calls itself; some 5,000 where there is a
/// callback of `map` in between. One more is an exception.
pub const STACK_LEN_MAX: usize = 8 * 1024 * 1024;

/// The same on a thread that somebody else started, whose stack has 2 MiB as a rule: 800 calls.
pub const STACK_LEN_ELSEWHERE: usize = 512 * 1024;

/// Stack that a thread of [`spawn`](crate::spawn) has beyond that, in bytes, for what calls the
/// engine and what a script calls at the end of its own, also in builds without optimisation.
pub const STACK_ROOM_LEN: usize = 2 * 1024 * 1024;

/// Connections that one page may have at once; a socket beyond fails with `error` and 1006, as in
/// browsers, which stop at 255 or 200.
pub const SOCKETS_MAX: usize = 255;

/// Sockets that one page may have, those included that are closed and that it still refers to: a
/// few MiB of them, and each turn may look at all. One more is an exception.
pub const SOCKET_OBJECTS_MAX: usize = 4_096;

/// Bytes of the addresses and subprotocols of all sockets of one page: they are no memory of its
/// engine. All that may be there have 4 KiB each; one more is an exception.
pub const SOCKET_TEXTS_LEN_MAX: usize = 16 * 1024 * 1024;

/// Timers that one page may have at once.
pub const TIMERS_MAX: usize = 65_536;

/// Longest time of a timer, in milliseconds: what a signed 32-bit number holds, as in browsers.
pub const TIMER_MS_MAX: f64 = 2_147_483_647.0;

/// Timers that set each other in a row before they are slowed down, by the HTML standard, ...
pub const TIMER_NESTING_MAX: u32 = 5;

/// ... and the shortest time of those beyond, by the same.
pub const TIMER_NESTED_MIN: Duration = Duration::from_millis(4);

/// How long a page does nothing before its forgotten sockets are looked for: longer than most
/// servers take to answer, and the shortest time between two looks at all of an engine's objects.
pub const IDLE_MAX: Duration = Duration::from_secs(1);

/// Tasks that a page runs in a row, before its connections are written to and other pages of the
/// thread go on: each such change costs a look at the system.
pub const TASKS_IN_A_ROW_MAX: usize = 16;

/// Time after which a page lets others go on, however few tasks it ran, in microseconds: what its
/// script sent waits no longer than this and the task that is running.
pub const ROW_MICROS_MAX: u64 = 1000;

/// How long a page that is stopped waits for its servers to answer its Closes, in milliseconds:
/// they go out at once, and the way around the world and back takes less.
pub const PARTING_MS_MAX: u64 = 1000;

/// Workers of one process, each of which is a thread.
pub const WORKERS_MAX: usize = 64;

/// Bytes that may wait between a page and a worker, in each direction: the page's `postMessage` is
/// refused beyond, a worker waits.
pub const WORKER_QUEUE_LEN_MAX: usize = 64 * 1024 * 1024;

/// What an item of such a queue counts for besides its text, in bytes.
pub const WORKER_ITEM_LEN: usize = 64;

/// Lines of the input that wait for the page; whoever types more waits.
pub const INPUT_LINES_MAX: usize = 16;

/// How long a page that waits for an answer of `prompt` may not see that it is over, in
/// milliseconds: nobody sees the difference, and it costs next to nothing.
pub const PROMPT_PAUSE_MS: u64 = 50;

/// Longest file that a module imports or a worker runs, in bytes: what a server sends as one
/// message by default.
pub const MODULE_LEN_MAX: u64 = 16 * 1024 * 1024;

/// How deep the console looks into a value, ...
pub const INSPECT_DEPTH_MAX: u32 = 3;

/// ... of how many items of each list or object it tells, ...
pub const INSPECT_ITEMS_MAX: u32 = 100;

/// ... and after how many characters of one value it stops.
pub const INSPECT_LEN_MAX: u32 = 65_536;

/// Labels that `console.count` knows, and as many of `console.time`; what has one more is not told.
pub const CONSOLE_LABELS_MAX: u32 = 1_000;

/// Columns that groups of the console indent at most.
pub const CONSOLE_INDENT_MAX: u32 = 40;

/// Names that a script calls behind `this` and its like, or whose prototypes it gives methods,
/// before it counts as one that may look at or replace anything: each is looked for in all of its
/// text.
pub const SCRIPT_NAMES_MAX: usize = 64;
