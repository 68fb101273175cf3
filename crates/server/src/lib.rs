//! The sockeye server application: pages and WebSockets on one port.
//!
//! hyper speaks HTTP until a request asks for a WebSocket; from then on the library's driver has
//! the TCP socket itself. Each worker thread has a runtime of its own, and a connection never
//! leaves the thread that it was handed to.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let server = sockeye_server::Server::bind(sockeye_server::Options::default()).await?;
//! println!("listening on http://{}/", server.local_addr());
//! server.run(std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod accept;
mod asset;
mod connection;
mod echo;
pub mod engine;
mod life;
pub mod limits;
mod response;
mod routes;
mod server;
mod slots;
mod worker;

pub use accept::Door;
pub use server::{Drained, Options, Server};
pub use slots::{Opening, Slot, Slots};
pub use worker::Worker;
