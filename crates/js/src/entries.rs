//! The prelude: what stands in a page before its script does. Owns the order of its parts and the
//! functions by which it is entered again. Knows no event loop.

use rquickjs::context::EvalOptions;
use rquickjs::{ArrayBuffer, Ctx, Function, IntoJs, Object, Persistent, Promise, Result, Value};
use sockeye::web::{Data, Event};

/// The parts, each of which may use those before it.
// WHATWG websockets §idl-1 §idl-4 §idl-5 §idl-6 step: in web_socket.js, with define() of base.js
// for the flags of properties.
const PARTS: [(&str, &str); 9] = [
    ("sockeye:base.js", include_str!("prelude/base.js")),
    ("sockeye:console.js", include_str!("prelude/console.js")),
    ("sockeye:event.js", include_str!("prelude/event.js")),
    ("sockeye:timers.js", include_str!("prelude/timers.js")),
    ("sockeye:blob.js", include_str!("prelude/blob.js")),
    (
        "sockeye:web_socket.js",
        include_str!("prelude/web_socket.js"),
    ),
    ("sockeye:node.js", include_str!("prelude/node.js")),
    ("sockeye:document.js", include_str!("prelude/document.js")),
    ("sockeye:window.js", include_str!("prelude/window.js")),
];

type Entry = Persistent<Function<'static>>;

/// Where the prelude is entered. They belong to their engine, and go before it does.
#[derive(Clone)]
pub(crate) struct Entries {
    timer: Entry,
    socket: Entry,
    root: Entry,
    report: Entry,
    reject: Entry,
    checkpoint: Entry,
    load: Entry,
    line: Entry,
    submit: Entry,
    click: Entry,
    watch: Entry,
}

impl Entries {
    /// Runs the prelude.
    pub(crate) fn new<'js>(ctx: &Ctx<'js>, host: &Object<'js>) -> Result<Self> {
        let internal = Object::new(ctx.clone())?;
        for (name, source) in PARTS {
            let part: Function<'js> = eval(ctx, name, source)?;
            part.call::<_, ()>((host.clone(), internal.clone()))?;
        }
        let entry = |name: &str| -> Result<Entry> {
            let function: Function<'js> = internal.get(name)?;
            Ok(Persistent::save(ctx, function))
        };
        Ok(Self {
            timer: entry("timer")?,
            socket: entry("socket")?,
            root: entry("root")?,
            report: entry("report")?,
            reject: entry("reject")?,
            checkpoint: entry("checkpoint")?,
            load: entry("load")?,
            line: entry("line")?,
            submit: entry("submit")?,
            click: entry("click")?,
            watch: entry("watch")?,
        })
    }

    /// A timer is due.
    pub(crate) fn timer(&self, ctx: &Ctx<'_>, id: u32) -> Result<()> {
        self.timer.clone().restore(ctx)?.call((id,))
    }

    /// An event fires at a socket.
    pub(crate) fn socket(&self, ctx: &Ctx<'_>, id: u32, event: Event) -> Result<()> {
        let socket = self.socket.clone().restore(ctx)?;
        let kind = event.kind().as_str();
        match event {
            Event::Message(message) => {
                let is_blob = matches!(message.data(), Data::Blob(_));
                let origin = message.origin().to_owned();
                socket.call((id, kind, data(ctx, message.data())?, origin, is_blob))
            }
            Event::Close(close) => {
                let code = close.code.number();
                socket.call((id, kind, code, close.reason.into_string(), close.was_clean))
            }
            _ => socket.call((id, kind)),
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

    /// A promise was rejected without a handler, or got one after that.
    pub(crate) fn reject<'js>(
        &self,
        ctx: &Ctx<'js>,
        promise: Value<'js>,
        reason: Value<'js>,
        is_handled: bool,
    ) -> Result<()> {
        self.reject
            .clone()
            .restore(ctx)?
            .call((promise, reason, is_handled))
    }

    /// The microtasks are done.
    pub(crate) fn checkpoint(&self, ctx: &Ctx<'_>) -> Result<()> {
        self.checkpoint.clone().restore(ctx)?.call(())
    }

    /// The page's script ran.
    pub(crate) fn load(&self, ctx: &Ctx<'_>) -> Result<()> {
        self.load.clone().restore(ctx)?.call(())
    }

    /// A person typed a line.
    pub(crate) fn line(&self, ctx: &Ctx<'_>, line: &str) -> Result<()> {
        self.line.clone().restore(ctx)?.call((line,))
    }

    /// They pressed Enter behind it.
    pub(crate) fn submit(&self, ctx: &Ctx<'_>) -> Result<()> {
        self.submit.clone().restore(ctx)?.call(())
    }

    /// They clicked an element.
    pub(crate) fn click(&self, ctx: &Ctx<'_>, id: &str) -> Result<()> {
        self.click.clone().restore(ctx)?.call((id,))
    }

    /// A module is being evaluated, which may fail later.
    pub(crate) fn watch<'js>(&self, ctx: &Ctx<'js>, evaluation: Promise<'js>) -> Result<()> {
        self.watch.clone().restore(ctx)?.call((evaluation,))
    }
}

/// A message's data as a script gets it; the prelude makes blobs of buffers.
fn data<'js>(ctx: &Ctx<'js>, data: &Data) -> Result<Value<'js>> {
    match data.as_text() {
        Some(text) => text.into_js(ctx),
        None => Ok(ArrayBuffer::new_copy(ctx.clone(), data.as_bytes())?.into_value()),
    }
}

/// Runs `source` as a classic script, whose name stands in stack traces.
pub(crate) fn eval<'js, V: rquickjs::FromJs<'js>>(
    ctx: &Ctx<'js>,
    name: &str,
    source: &str,
) -> Result<V> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.to_owned());
    ctx.eval_with_options(source, options)
}
