//! What several benches measure with. Knows nothing of sockets, and starts nothing.

mod files;
mod histogram;
mod median;
mod process;

pub use files::allow_files;
pub use histogram::Histogram;
pub use median::median;
pub use process::{own_cpu_ns, resident_bytes, settled_cpu_ns};
