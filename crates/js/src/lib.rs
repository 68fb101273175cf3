//! Scripts that use the `WebSocket` object of browsers, outside of a browser: `QuickJS` with
//! that object over [`sockeye::web`], and what stands around it. A page has its own
//! globals and event loop, on one thread, and an engine of its own or one that pages share.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), sockeye_js::StartError> {
//! use sockeye_js::{Outcome, Page, PageOptions};
//!
//! let options = PageOptions::new(|_, line| println!("{line}"));
//! let page = Page::new(options)?;
//! let outcome = page.run("hello.js", "setTimeout(() => console.log('hello'), 10)").await;
//! assert_eq!(outcome, Outcome::Finished);
//! # Ok(())
//! # }
//! ```

mod base64;
mod calls;
mod encodings;
mod engine;
mod entries;
mod files;
mod hex;
mod host;
mod input;
mod level;
pub mod limits;
mod modules;
mod nudge;
mod page;
mod pipe;
mod sockets;
mod stack;
mod standards;
mod stop;
mod timers;
mod watch;
mod workers;

pub use calls::{CALLS, Call};
pub use engine::Engines;
pub use host::PageOptions;
pub use input::{Feeder, Input};
pub use level::Level;
pub use page::{Outcome, Page, StartError};
pub use stack::spawn;
pub use stop::Stop;
pub use watch::{Happening, Watch};
