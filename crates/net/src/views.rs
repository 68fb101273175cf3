//! A connection as what other crates know: a stream and a sink of messages, or a stream of bytes.
//! Each view keeps what the connection promises: corking, cancel safety, bounds.

#[cfg(feature = "io")]
mod bytes;
#[cfg(feature = "io")]
mod io;
mod outlet;
#[cfg(feature = "stream")]
mod stream;

#[cfg(feature = "io")]
pub use io::MessageIo;
#[cfg(feature = "stream")]
pub use stream::{MessageSink, MessageStream};
