//! The bounds of the command, each with its reason.

use std::time::Duration;

/// Longest file of `--ca`, in bytes: all that browsers trust is a quarter of it.
pub(crate) const CA_LEN_MAX: usize = 1024 * 1024;

/// Longest script, in bytes: what it may import has the same bound,
/// [`MODULE_LEN_MAX`](sockeye_js::limits::MODULE_LEN_MAX).
pub(crate) const SCRIPT_LEN_MAX: usize = 16 * 1024 * 1024;

/// Users of one load test: what the ports of one address allow is less.
pub(crate) const USERS_MAX: usize = 65_536;

/// Different errors that a load test tells apart; the others are counted together.
pub(crate) const ERROR_KINDS_MAX: usize = 32;

/// Letters of an error that are kept.
pub(crate) const ERROR_LEN_MAX: usize = 200;

/// Lines of a load test's scripts that are shown: a thousand users say the same a thousand times.
pub(crate) const USER_LINES_MAX: usize = 100;

/// How long a script may go on after its time limit. Its engine ends loops of its own in
/// milliseconds, but not one call of a built-in function that takes for ever.
pub(crate) const OVERTIME: Duration = Duration::from_secs(2);
