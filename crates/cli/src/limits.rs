//! The bounds of the command, each with its reason.

use std::time::Duration;

/// Users of one load test: what the ports of one address allow is less.
pub(crate) const USERS_MAX: usize = 65_536;

/// Different errors that a load test tells apart; the others are counted together.
pub(crate) const ERROR_KINDS_MAX: usize = 32;

/// Letters of an error that are kept.
pub(crate) const ERROR_LEN_MAX: usize = 200;

/// Lines of a load test's scripts that are shown: a thousand users say the same a thousand times.
pub(crate) const USER_LINES_MAX: usize = 100;

/// What a script has to end by itself once its time is over: it does between two steps of the
/// script, which take no time.
pub(crate) const STOP_GRACE: Duration = Duration::from_secs(1);
