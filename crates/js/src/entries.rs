//! The prelude: what stands in a page before its script does. Owns the functions by which it is
//! entered again. Knows no event loop.

mod code;
mod console;
mod function;
mod globals;
mod internal;
mod looks;
mod needs;
mod parts;
mod replaces;
mod shape;
mod waiting;

use std::cell::Cell;
use std::rc::Rc;

use rquickjs::function::IntoArgs;
use rquickjs::{ArrayBuffer, Ctx, Function, IntoJs, Object, Persistent, Promise, Result, Value};
use sockeye::web::{Data, Event};

use crate::workers::Uncaught;

use code::{own_globals, run};
pub(crate) use function::function;
use internal::{Internal, bare, bring};
pub(crate) use looks::places;
use needs::{Said, prepare};
pub(crate) use parts::eval;
use parts::{FIRST, has_interfaces};

type Entry = Persistent<Function<'static>>;

/// Where the prelude is entered. They belong to their engine, and go before it does.
pub(crate) struct Entries {
    timer: Entry,
    socket: Entry,
    message: Entry,
    root: Entry,
    report: Entry,
    reject: Entry,
    checkpoint: Entry,
    /// Whether the checkpoint has anything to do.
    is_rejected: Cell<bool>,
    enter: Entry,
    /// Only in a page.
    load: Option<Entry>,
    /// What the prelude's parts share.
    internal: Rc<Internal>,
    /// By the texts that became code in it.
    said: Rc<Said>,
    worker: Entry,
    /// Only in a worker.
    inbound: Option<Entry>,
}

impl Entries {
    /// Runs the prelude. `supply` adds to `host` what a part needs that waits until it is used.
    pub(crate) fn new<'js>(
        ctx: &Ctx<'js>,
        host: &Object<'js>,
        supply: impl Fn(&Ctx<'js>, &Object<'js>, &str) -> Result<()> + 'js,
    ) -> Result<Self> {
        let (said, shared) = <(Rc<Said>, Rc<Internal>)>::default();
        let internal = begin(ctx, host, &said, &shared, supply)?;
        run(ctx, FIRST, host, &internal)?;
        if host.get::<_, bool>("isWorker")? {
            bring(&internal, "worker")?;
        }
        let entry = |name: &str| -> Result<Entry> {
            let function: Function<'js> = internal.get(name)?;
            Ok(Persistent::save(ctx, function))
        };
        let new = Self {
            timer: entry("timer")?,
            socket: entry("socket")?,
            message: entry("message")?,
            root: entry("root")?,
            report: entry("report")?,
            reject: entry("reject")?,
            checkpoint: entry("checkpoint")?,
            is_rejected: Cell::new(false),
            enter: entry("enter")?,
            load: entry("load").ok(),
            worker: entry("fromWorker")?,
            inbound: entry("inbound").ok(),
            internal: Rc::clone(&shared),
            said,
        };
        // When nothing can fail any more: it has to go before the engine does.
        shared.set(ctx, internal);
        Ok(new)
    }

    /// A timer is due.
    pub(crate) fn timer(&self, ctx: &Ctx<'_>, id: u32) -> Result<()> {
        self.timer.clone().restore(ctx)?.call((id,))
    }

    /// An event fires at a socket.
    pub(crate) fn socket(&self, ctx: &Ctx<'_>, id: u32, event: Event) -> Result<()> {
        let kind = event.kind().as_str();
        let socket = || self.socket.clone().restore(ctx);
        match event {
            Event::Message(message) => {
                let is_blob = matches!(message.data(), Data::Blob(_));
                let data = data(ctx, message.data())?;
                let entry = self.message.clone().restore(ctx)?;
                entry.call((id, data, message.origin(), is_blob))
            }
            Event::Close(close) => {
                let code = close.code.number();
                socket()?.call((id, kind, code, close.reason.into_string(), close.was_clean))
            }
            _ => socket()?.call((id, kind)),
        }
    }

    /// A socket's object has to stay, or may go.
    pub(crate) fn root(&self, ctx: &Ctx<'_>, id: u32, must_stay: bool) -> Result<()> {
        self.root.clone().restore(ctx)?.call((id, must_stay))
    }

    /// Nobody caught `error`.
    pub(crate) fn report<'js>(&self, ctx: &Ctx<'js>, error: Value<'js>) -> Result<()> {
        self.report.clone().restore(ctx)?.call((error,))
    }

    /// A promise was rejected without a handler, or got one after that. `stack` is that of the
    /// script then, if the reason has none.
    pub(crate) fn reject<'js>(
        &self,
        ctx: &Ctx<'js>,
        promise: Value<'js>,
        reason: Value<'js>,
        is_handled: bool,
        stack: Option<String>,
    ) -> Result<()> {
        self.is_rejected.set(true);
        self.reject
            .clone()
            .restore(ctx)?
            .call((promise, reason, is_handled, stack))
    }

    /// The microtasks are done. Enters nothing unless a promise was rejected: it comes after each
    /// event.
    pub(crate) fn checkpoint(&self, ctx: &Ctx<'_>) -> Result<()> {
        if !self.is_rejected.replace(false) {
            return Ok(());
        }
        let told = self.checkpoint.clone().restore(ctx)?.call(());
        // What fails here may be done later.
        told.inspect_err(|_| self.is_rejected.set(true))
    }

    /// Calls a part that may not be there, as nobody used it.
    fn enter<'js>(&self, ctx: &Ctx<'js>, args: impl IntoArgs<'js>) -> Result<()> {
        self.enter.clone().restore(ctx)?.call(args)
    }

    /// What the prelude queued.
    pub(crate) fn task(&self, ctx: &Ctx<'_>) -> Result<()> {
        self.enter(ctx, ("task",))
    }

    /// The page's script ran.
    pub(crate) fn load(&self, ctx: &Ctx<'_>) -> Result<()> {
        match &self.load {
            Some(load) => load.clone().restore(ctx)?.call(()),
            None => Ok(()),
        }
    }

    /// A person typed a line.
    pub(crate) fn line(&self, ctx: &Ctx<'_>, line: &str) -> Result<()> {
        self.enter(ctx, ("line", line))
    }

    /// They pressed Enter behind it.
    pub(crate) fn submit(&self, ctx: &Ctx<'_>) -> Result<()> {
        self.enter(ctx, ("submit",))
    }

    /// Whether somebody in the page hears of that, or of a click on the element of that name.
    pub(crate) fn is_person_heard(&self, ctx: &Ctx<'_>, id: Option<&str>) -> Result<bool> {
        let internal = self.internal.get(ctx)?;
        match internal.get::<_, Option<Function<'_>>>("isHeard")? {
            Some(is_heard) => is_heard.call((id,)),
            // Without a document there are no elements.
            None => Ok(false),
        }
    }

    /// Whether a script asked for the element of that name.
    pub(crate) fn has_element(&self, ctx: &Ctx<'_>, id: &str) -> Result<bool> {
        let internal = self.internal.get(ctx)?;
        match internal.get::<_, Option<Function<'_>>>("hasElement")? {
            Some(has_element) => has_element.call((id,)),
            None => Ok(false),
        }
    }

    /// They clicked an element.
    pub(crate) fn click(&self, ctx: &Ctx<'_>, id: &str) -> Result<()> {
        self.enter(ctx, ("click", id))
    }

    /// A module is being evaluated, which may fail later.
    pub(crate) fn watch<'js>(&self, ctx: &Ctx<'js>, evaluation: Promise<'js>) -> Result<()> {
        self.enter(ctx, ("watch", evaluation))
    }
}

impl Entries {
    /// What a script of the page needs before it runs.
    pub(crate) fn prepare(&self, ctx: &Ctx<'_>, source: &str) -> Result<()> {
        let internal = self.internal.get(ctx)?;
        prepare(ctx, &internal, &self.internal, &self.said, source)
    }

    /// A worker's page sent it a message.
    pub(crate) fn inbound(&self, ctx: &Ctx<'_>, message: String) -> Result<()> {
        match &self.inbound {
            Some(inbound) => inbound.clone().restore(ctx)?.call((message,)),
            None => Ok(()),
        }
    }

    /// A worker sent a message.
    pub(crate) fn worker_message(&self, ctx: &Ctx<'_>, id: u32, message: String) -> Result<()> {
        self.worker
            .clone()
            .restore(ctx)?
            .call((id, "message", message))
    }

    /// Nobody caught an exception in a worker.
    pub(crate) fn worker_error(&self, ctx: &Ctx<'_>, id: u32, error: Uncaught) -> Result<()> {
        let worker = self.worker.clone().restore(ctx)?;
        let Uncaught {
            message,
            filename,
            line,
            column,
            text,
        } = error;
        worker.call((id, "error", message, filename, line, column, text))
    }

    /// A worker's script cannot be run.
    pub(crate) fn worker_failed(&self, ctx: &Ctx<'_>, id: u32) -> Result<()> {
        self.worker.clone().restore(ctx)?.call((id, "failed"))
    }

    /// A worker is over.
    pub(crate) fn worker_ended(&self, ctx: &Ctx<'_>, id: u32) -> Result<()> {
        self.worker.clone().restore(ctx)?.call((id, "ended"))
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        self.internal.forget();
    }
}

/// What the parts share before any of them, and what of `host` brings more of them.
fn begin<'js>(
    ctx: &Ctx<'js>,
    host: &Object<'js>,
    said: &Rc<Said>,
    shared: &Rc<Internal>,
    supply: impl Fn(&Ctx<'js>, &Object<'js>, &str) -> Result<()> + 'js,
) -> Result<Object<'js>> {
    // It gets members when a script may have given some to all objects.
    let internal = bare(ctx)?;
    internal.set("own", own_globals(ctx)?)?;
    let part = move |ctx: Ctx<'js>, name: String, host: Object<'js>, internal: Object<'js>| {
        // Those of its interfaces that waited are to become what it makes.
        if has_interfaces(&name) && internal.contains_key("waiting")? {
            bring(&internal, "interfaces")?;
        }
        supply(&ctx, &host, &name)?;
        run(&ctx, &name, &host, &internal)
    };
    host.set("part", Function::new(ctx.clone(), part)?)?;
    let (said, of) = (Rc::clone(said), Rc::clone(shared));
    let ahead = move |ctx: Ctx<'js>, text: String, internal: Object<'js>| -> Result<()> {
        prepare(&ctx, &internal, &of, &said, &text)
    };
    host.set("prepare", Function::new(ctx.clone(), ahead)?)?;
    shape::add(ctx, &internal)?;
    globals::set_name(ctx, &internal, shared)?;
    Ok(internal)
}

/// A message's data as a script gets it; the prelude makes blobs of buffers.
fn data<'js>(ctx: &Ctx<'js>, data: &Data) -> Result<Value<'js>> {
    match data.as_text() {
        Some(text) => text.into_js(ctx),
        None => Ok(ArrayBuffer::new_copy(ctx.clone(), data.as_bytes())?.into_value()),
    }
}
