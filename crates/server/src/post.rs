//! What the connections of one thread share, and no other thread's: where the news of the end comes
//! in, and what is counted. Owns that each thread has its own.

use std::sync::Arc;

use crate::life::Life;
use crate::stats::Counters;

/// What the connections of one thread share.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) life: Life,
    pub(crate) counters: Arc<Counters>,
}

impl Post {
    pub(crate) fn new(life: Life, counters: Arc<Counters>) -> Self {
        Self { life, counters }
    }
}
