//! Engines that pages of one thread share, a few pages each. Owns which page joins which. Knows
//! nothing of what engines do.

use std::cell::RefCell;
use std::fmt;
use std::rc::{Rc, Weak};

use rquickjs::Result;

use super::{Engine, Member, Seat};
use crate::host::Host;
use crate::limits::PAGES_PER_ENGINE_MAX;

/// Engines for pages of one thread, which share what each engine has once. A page still has globals
/// of its own, and hears nothing of others; but
/// - the memory that an engine may take is that of all its pages together, so one that takes all of
///   it takes theirs too: whichever wants more gets an exception,
/// - [`gc`](crate::PageOptions::exposes_gc) looks at all pages of the engine.
///
/// There are at most [`PAGES_PER_ENGINE_MAX`] pages in an engine. One whose memory did not suffice
/// for another page's start gets no more: what its pages keep is not felt by those that come.
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

    /// Adds a page to an engine that has room for it, of its pages and of memory.
    pub(crate) fn join(&self, host: &Rc<Host>) -> Result<(Rc<Member>, Seat)> {
        if let Some(engine) = self.find() {
            if let Ok(joined) = engine.join(host) {
                return Ok(joined);
            }
            engine.retire_from_newcomers();
        }
        let engine = Engine::new(PAGES_PER_ENGINE_MAX)?;
        self.engines.borrow_mut().push(Rc::downgrade(&engine));
        engine.join(host)
    }

    /// One that is there and has room for another page.
    fn find(&self) -> Option<Rc<Engine>> {
        let mut engines = self.engines.borrow_mut();
        engines.retain(|engine| engine.strong_count() > 0);
        // The last ones are those that are not full.
        let known = engines.iter().rev().filter_map(Weak::upgrade);
        { known }.find(|engine| engine.has_room())
    }
}

impl fmt::Debug for Engines {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Engines").finish_non_exhaustive()
    }
}
