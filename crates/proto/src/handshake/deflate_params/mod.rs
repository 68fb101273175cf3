//! The parameters of permessage-deflate: grammar and negotiation (RFC 7692 sections 5 and 7.1).
//!
//! Knows nothing of DEFLATE itself. What is agreed here can always be honoured by both codecs:
//! a window of 8 bits is never agreed for our own compressor, since zlib's family of libraries
//! silently uses 9 bits for it and the peer then fails ("invalid distance").
//!
//! RFC 7692 §5-6 MUST NOT: no other user of RSV1 exists here, so none is accepted beside this one.

mod agreed;
mod fault;
mod grammar;
mod offer;
mod policy;
mod window;

pub use agreed::DeflateAgreed;
pub use fault::DeflateFault;
pub use grammar::NAME;
pub use offer::{DeflateOffer, verify_response};
pub use policy::DeflatePolicy;
