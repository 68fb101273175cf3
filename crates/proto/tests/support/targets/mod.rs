//! What the fuzz targets do with an input, as plain functions: `fuzz/` hands them to libFuzzer, an
//! ordinary test runs them over the committed seeds and some thousand random inputs.
//!
//! Each has an oracle and panics where it disagrees. The first bytes of an input choose role,
//! limits and how the rest is cut into reads.

mod chunks;
mod close;
mod deflate;
mod frame;
mod handshake;
mod pair;

pub(crate) use chunks::chunks;
pub(crate) use close::close;
pub(crate) use deflate::deflate;
pub(crate) use frame::frame;
pub(crate) use handshake::handshake;
pub(crate) use pair::pair;

use sockeye_proto::Role;

/// The end that the lowest bit of `choice` names.
fn role(choice: u8) -> Role {
    if choice & 1 == 0 {
        Role::Server
    } else {
        Role::Client
    }
}
