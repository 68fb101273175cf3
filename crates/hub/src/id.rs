//! The numbers by which the parts name each other. Owns no meaning: who hands out a number says
//! how long it stands for the same thing.

/// A session. Whoever opens sessions chooses it, unique in the whole cluster for all time: 64
/// random bits, or a node's number with a counter. It is told to clients, so it may not be a
/// secret.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SessionId(pub u64);

/// A worker thread of this node.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct WorkerId(pub u16);

/// A node of the cluster, which holds the leases of its members.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NodeId(pub u64);

/// What a session calls a command, so that it knows the answer again. The hub only repeats it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RequestId(pub u64);

/// An effect under way. The machine that asked for the effect made it, and knows the completion by
/// it; it never comes again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Token(pub u64);

/// One subscription of one session, from the subscribe to its end. The worker makes it, so that an
/// answer to a subscription that ended meanwhile is not taken for one to the next.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Ticket(pub u64);

/// How a session wants its publications encoded: a dialect with a compression class, numbered by
/// whoever encodes. Few, so that each publication is encoded few times.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Variant(pub u8);
