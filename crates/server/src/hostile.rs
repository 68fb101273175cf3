//! What strangers write, and administrators: each parser of this crate over any bytes, with what
//! must hold besides that nothing panics. Owns what is asked of each; fuzz targets and this crate's
//! tests call it. The same on every machine, without a clock; no part of a server.

mod forwarded;
mod head;
mod room;
#[cfg(test)]
mod tests;

pub use crate::auth::hostile::{keys, token};
pub use crate::settings::hostile::settings;
pub use crate::viewer::hostile::command;

/// What proxies tell of their client: a choice of header, then its lines.
pub fn forwarded(data: &[u8]) {
    forwarded::play(data);
}

/// The head of a request: its target, then a line for each header.
pub fn head(data: &[u8]) {
    head::play(data);
}

/// The room in an address.
pub fn room(data: &[u8]) {
    // Whether it could be read is for the tests to count.
    let _ = room::play(data);
}
