//! The settings: one table says each one's name, type, range, default and meaning; the file, the
//! environment, the flags, the printed default and the page in `docs/` are all made from it. Owns
//! the way from there to [`Options`](crate::Options), and knows nothing about serving.

mod fault;
mod file;
#[cfg(any(test, feature = "hostile"))]
pub(crate) mod hostile;
mod kind;
mod load;
mod nearest;
mod page;
mod setting;
mod table;
mod value;

pub use fault::{Fault, LateFault, Source};
pub use kind::Kind;
pub use load::{Given, Loaded, Sources, load};
pub use nearest::nearest;
pub use page::{commented_default, reference};
pub use setting::{Setting, VARIABLE_PREFIX};
pub use table::{all, by_flag};

#[cfg(test)]
mod tests;
