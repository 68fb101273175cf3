//! What the connections of one thread share, and no other thread's: where the news of the end comes
//! in, what is counted, and the hub's part. Owns that each thread has its own.

use std::sync::Arc;

use crate::life::Life;
use crate::node::Node;
use crate::stats::Counters;

/// What the connections of one thread share.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) life: Life,
    pub(crate) counters: Arc<Counters>,
    pub(crate) node: Arc<Node>,
}

impl Post {
    pub(crate) fn new(life: Life, node: Arc<Node>) -> Self {
        let counters = Arc::clone(node.counters());
        Self {
            life,
            counters,
            node,
        }
    }
}
