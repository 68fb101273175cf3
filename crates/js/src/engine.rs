//! The engine of pages: one for each, or one that some of a thread share, where each has a context
//! and so globals of its own. Owns whose script is running, whose page a job is of, and that
//! nothing of a page is left once it is over. Knows no event loop.

mod calls;
pub(crate) mod late;
mod leave;
mod shared;
mod telling;

use std::cell::{Cell, RefCell};
use std::mem;
use std::ptr::NonNull;
use std::rc::Rc;

use rquickjs::context::intrinsic;
use rquickjs::qjs::JSContext;
use rquickjs::{Context, Ctx, Function, Result, Runtime};
use tokio::time::Instant;

use crate::entries::Entries;
use crate::host::{self, Host, supply};
use crate::limits::CONTEXT_MEMORY_LEN;
use crate::modules::Modules;
use crate::stack::stack_len;

use calls::Calls;
use leave::Population;
pub use shared::Engines;

/// All that the language has, and the first of what pages have. The engine's own list
/// (`Context::full`) has `DOMException` in the first context of an engine only.
type Globals = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::Proxy,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::WeakRef,
    intrinsic::DOMException,
);

/// A page as its engine knows it.
pub(crate) struct Member {
    // Before the context that they belong to: fields go in their order.
    entries: Entries,
    context: Context,
    pub(crate) host: Rc<Host>,
    modules: Modules,
}

/// What says which page is meant wherever the engine calls back.
type Key = NonNull<JSContext>;

impl Member {
    fn key(&self) -> Key {
        self.context.as_raw()
    }
}

/// What an engine does now.
#[derive(Default)]
enum Now {
    #[default]
    Nothing,
    /// It takes leave of pages: what still runs of theirs is to end at once.
    Leave,
    /// What each page begins with, whatever time it has.
    Prelude,
    /// A script of the page with that host.
    Script(Rc<Host>),
}

impl Now {
    fn script(member: &Member) -> Self {
        Self::Script(Rc::clone(&member.host))
    }

    fn is_over(&self) -> bool {
        match self {
            Self::Nothing | Self::Leave => true,
            Self::Prelude => false,
            Self::Script(host) => host.is_out_of_time(),
        }
    }

    fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

/// An engine and its pages.
pub(crate) struct Engine {
    // In this order for the same reason.
    members: RefCell<Vec<Rc<Member>>>,
    /// Pages that are over, until their memory is given back: not from inside of a script.
    retired: RefCell<Vec<Rc<Member>>>,
    now: Rc<RefCell<Now>>,
    /// What belongs to no page, in an engine that is shared: the bindings keep the prototype of the
    /// first function of the host, and with it all of its context.
    own: Option<Context>,
    /// What there is in an engine without pages.
    least: Population,
    runtime: Runtime,
    /// Pages that it may have at once.
    pages_max: usize,
    /// Whether it gets no other page, as its memory did not suffice for one.
    is_closed: Cell<bool>,
    /// When garbage was looked for last because a page had nothing to do.
    searched_at: Cell<Option<Instant>>,
}

impl Engine {
    /// An engine for so many pages.
    pub(crate) fn new(pages_max: usize) -> Result<Rc<Self>> {
        let runtime = Runtime::new()?;
        runtime.set_max_stack_size(stack_len());
        let own = (pages_max > 1).then(|| own_context(&runtime)).transpose()?;
        let now = Rc::<RefCell<Now>>::default();
        let asked = Rc::clone(&now);
        runtime.set_interrupt_handler(Some(Box::new(move || asked.borrow().is_over())));
        let engine = Rc::new(Self {
            members: RefCell::default(),
            retired: RefCell::default(),
            now,
            own,
            least: Population::of(&runtime),
            runtime,
            pages_max,
            is_closed: Cell::new(false),
            searched_at: Cell::new(None),
        });
        // A weak one: what an engine holds is not to hold the engine.
        let calls = Calls(Rc::downgrade(&engine));
        let tracker = calls.clone().tracker();
        engine.runtime.set_loader(calls.clone(), calls);
        engine
            .runtime
            .set_host_promise_rejection_tracker(Some(tracker));
        Ok(engine)
    }

    /// Whether it may have another page now: not from inside of a script.
    fn has_room(&self) -> bool {
        if self.is_closed.get() || !self.now.borrow().is_nothing() {
            return false;
        }
        self.collect();
        self.members.borrow().len() < self.pages_max
    }

    /// Has no other page from now on. Those that it has stay.
    fn retire_from_newcomers(&self) {
        self.is_closed.set(true);
    }

    /// Adds a page, whose prelude runs now. If it does not, `host` may join another engine.
    pub(crate) fn join(self: &Rc<Self>, host: &Rc<Host>) -> Result<(Rc<Member>, Seat)> {
        let len_max = host.memory_len_max();
        host.is_sharing.set(self.pages_max > 1);
        let turn = self.begin_turn(Now::Prelude);
        self.limit_memory(len_max.max(CONTEXT_MEMORY_LEN));
        let context = Context::custom::<Globals>(&self.runtime)?;
        context.with(|ctx| late::read_all(&ctx, self.pages_max > 1))?;
        if len_max > 0 {
            self.limit_memory(len_max);
        } else {
            self.runtime.set_memory_limit(0);
        }
        let entries = prelude(&context, host).inspect_err(|_| {
            self.drop_jobs();
            host.end_all();
            self.limit_memory(0);
        })?;
        drop(turn);
        let member = Rc::new(Member {
            entries,
            context,
            modules: Modules::new(host.module_directory()),
            host: Rc::clone(host),
        });
        let seat = Seat {
            engine: Rc::clone(self),
            key: member.key(),
        };
        self.members.borrow_mut().push(Rc::clone(&member));
        Ok((member, seat))
    }

    /// What all its pages may take together, and so much more. One without a bound lifts that of
    /// all.
    fn limit_memory(&self, more: usize) {
        let (members, retired) = (self.members.borrow(), self.retired.borrow());
        let lens = members.iter().chain(&*retired);
        let lens: Vec<usize> = lens.map(|member| member.host.memory_len_max()).collect();
        // To the engine 0 is no limit.
        let len = if lens.contains(&0) {
            0
        } else {
            lens.into_iter().fold(more, usize::saturating_add)
        };
        self.runtime.set_memory_limit(len);
    }

    /// The page whose context that is, unless it is over.
    fn find(&self, ctx: &Ctx<'_>) -> Option<Rc<Member>> {
        let members = self.members.borrow();
        let mut members = members.iter();
        members
            .find(|member| member.key() == ctx.as_raw())
            .map(Rc::clone)
    }

    fn begin_turn(&self, now: Now) -> Turn<'_> {
        let before = self.now.replace(now);
        Turn {
            engine: self,
            before,
        }
    }

    /// Looks for garbage in all pages, unless that was done since one of them has nothing to do.
    pub(crate) fn search(&self, since: Instant) {
        if self.searched_at.get().is_none_or(|at| at < since) {
            self.runtime.run_gc();
            self.searched_at.set(Some(Instant::now()));
        }
    }

    /// Runs the jobs of a page until there are none or its time is over. Another page's may be
    /// among them, as garbage is looked for in all pages at once: what they throw is told there,
    /// and they run no script, which is a task of its page.
    pub(crate) fn run_jobs(&self, member: &Member) {
        let _turn = self.begin_turn(Now::script(member));
        while !member.host.is_out_of_time() {
            match self.runtime.execute_pending_job() {
                Ok(true) => {}
                Ok(false) => break,
                Err(failed) => failed.0.with(|ctx| match self.find(&ctx) {
                    Some(member) => member.keep(&ctx),
                    None => drop(ctx.catch()),
                }),
            }
        }
    }
}

/// What stands in a page before its script.
fn prelude(context: &Context, host: &Rc<Host>) -> Result<Entries> {
    context.with(|ctx| {
        let object = host::object(&ctx, host)?;
        let host = Rc::clone(host);
        Entries::new(&ctx, &object, move |ctx, object, part| {
            supply(ctx, object, &host, part)
        })
    })
}

/// A context for what the bindings keep.
fn own_context(runtime: &Runtime) -> Result<Context> {
    let own = Context::base(runtime)?;
    own.with(|ctx| Function::new(ctx, || {}).map(drop))?;
    Ok(own)
}

/// The time in which a page's script runs; scripts of two pages never do at once.
struct Turn<'a> {
    engine: &'a Engine,
    before: Now,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.engine.now.replace(mem::take(&mut self.before));
    }
}

/// A page's place in its engine.
pub(crate) struct Seat {
    pub(crate) engine: Rc<Engine>,
    key: Key,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.engine.retire(self.key);
    }
}

#[cfg(test)]
mod tests;
