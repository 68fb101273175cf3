//! What the programs whose instructions are counted share: the transport without a kernel. Counts
//! nothing itself.

pub mod transport;
