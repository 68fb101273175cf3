//! Engines that pages of one thread share, a few pages each. Owns which page joins which. Knows
//! nothing of what engines do.

use std::cell::RefCell;
use std::fmt;
use std::rc::{Rc, Weak};

use rquickjs::Result;

use super::Engine;
use crate::limits::PAGES_PER_ENGINE_MAX;

/// Engines for pages of one thread, which share what each engine has once. A page still has globals
/// of its own, and hears nothing of others; but
/// - the memory that an engine may take is that of all its pages together, so one that takes all of
///   it takes theirs too: whichever wants more gets an exception,
/// - [`gc`](crate::PageOptions::exposes_gc) looks at all pages of the engine.
///
/// There are at most [`PAGES_PER_ENGINE_MAX`] pages in an engine.
#[derive(Default)]
pub struct Engines {
    /// Weak ones: an engine ends with its last page.
    engines: RefCell<Vec<Weak<Engine>>>,
}

impl Engines {
    /// None yet: they come with the pages.
    pub fn new() -> Self {
        Self::default()
    }

    /// An engine that has room for another page.
    pub(crate) fn find(&self) -> Result<Rc<Engine>> {
        let mut engines = self.engines.borrow_mut();
        engines.retain(|engine| engine.strong_count() > 0);
        // The last ones are those that are not full.
        let known = engines.iter().rev().filter_map(Weak::upgrade);
        if let Some(engine) = { known }.find(|engine| engine.has_room()) {
            return Ok(engine);
        }
        let engine = Engine::new(PAGES_PER_ENGINE_MAX)?;
        engines.push(Rc::downgrade(&engine));
        Ok(engine)
    }
}

impl fmt::Debug for Engines {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Engines").finish_non_exhaustive()
    }
}
