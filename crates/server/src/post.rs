//! What the connections of one thread share, and no other thread's: where the news of the end comes
//! in. Owns that each thread has its own.

use crate::life::Life;

/// What the connections of one thread share.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) life: Life,
}

impl Post {
    pub(crate) fn new(life: Life) -> Self {
        Self { life }
    }
}
