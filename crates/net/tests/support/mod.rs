//! What the tests of this crate share: frames written and read by hand, and peers that do exactly
//! as they are told. Nothing here uses the code under test but to open a connection.

pub(crate) mod open;
pub(crate) mod peer;
pub(crate) mod poll;
pub(crate) mod scripted;
pub(crate) mod wire;
pub(crate) mod words;
