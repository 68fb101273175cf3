//! Bounds that a model reaches with few messages: each more multiplies the orders to try.

/// Messages that wait for a worker thread.
pub(crate) const MAILBOX_LEN_MAX: usize = 2;

/// What their publications hold, in bytes.
pub(crate) const MAILBOX_BYTES_MAX: usize = 4096;

/// News that an owner has not taken.
pub(crate) const INBOX_LEN_MAX: usize = 2;

/// What they hold, in bytes.
pub(crate) const INBOX_BYTES_MAX: usize = 4096;
