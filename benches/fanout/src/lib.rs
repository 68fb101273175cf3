//! What the benches of one message to many receivers share. Owns how they measure: every way takes
//! its turn in every round, over the same sockets; a ratio compares neighbours in a round; only the
//! CPU time of the sending thread counts, its system calls included. Knows no way.

mod clock;
mod companion;
mod crowd;
mod frame;
mod receivers;
mod turns;

pub use clock::Clock;
pub use companion::Companion;
pub use crowd::receive_if_asked;
pub use frame::unmasked_text;
pub use receivers::Receivers;
pub use turns::{DEPTHS, Plan, Times, take_turns};
