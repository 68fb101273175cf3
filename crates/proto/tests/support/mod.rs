//! What the tests of a connection share: frames as data, an endpoint with its driver's chores done,
//! two endpoints on a link with virtual time, and two slow receivers as oracles.

pub(crate) mod chunked;
pub(crate) mod cuts;
pub(crate) mod dice;
pub(crate) mod endpoint;
pub(crate) mod frames;
pub(crate) mod joined;
pub(crate) mod mutation;
pub(crate) mod naive;
pub(crate) mod pair;
pub(crate) mod seeds;
pub(crate) mod targets;
