//! The sockeye server application: pages and WebSockets on one port.
//!
//! hyper speaks HTTP until a request asks for a WebSocket; from then on the library's driver has
//! the TCP socket itself. Each worker thread has a runtime of its own, and a connection never
//! leaves the thread that it was handed to.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! let server = sockeye_server::Server::bind(sockeye_server::Options::default()).await?;
//! println!("listening on {:?}", server.places());
//! server.run(std::future::pending(), std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod accept;
mod answer;
mod asset;
mod auth;
mod authority;
mod bearer;
mod chat;
mod clock;
mod complaint;
mod connection;
mod cookies;
mod echo;
mod ending;
pub mod engine;
mod excess;
mod faults;
mod fence;
mod files;
mod frames;
mod goodbye;
mod guests;
mod harmless;
#[cfg(any(test, feature = "hostile"))]
pub mod hostile;
mod http;
mod life;
pub mod limits;
mod listener;
mod members;
mod metrics;
mod network;
mod node;
pub mod options;
#[cfg(test)]
mod overheard;
mod placement;
mod post;
mod proxy;
mod response;
mod room;
mod routes;
#[cfg(test)]
mod scratch;
mod secret;
mod server;
pub mod settings;
mod site;
mod slots;
mod socket;
mod stats;
mod status;
mod sync;
mod trial;
mod viewer;
mod visit;
mod words;
mod worker;

pub use accept::Door;
pub use auth::Identity;
pub use files::{read_bounded, read_regular};
pub use harmless::harmless;
pub use listener::{Listener, Place};
pub use options::{Listen, Options};
pub use server::{Drained, Reloader, Server};
pub use slots::{Opening, Slot, Slots};
pub use socket::{Arrival, Socket};
pub use trial::Trial;
pub use worker::Worker;
