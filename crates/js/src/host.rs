//! What the prelude asks of the world outside of its engine, and what a page is given. Owns the
//! sockets and timers of a page. Runs no script.

mod workers;

use std::cell::{Cell, RefCell};
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};
use sockeye::Message;
use sockeye::web::{BinaryType, Dial, DomException, Event, Machine, Options, Settings};
use tokio::time::Instant;

use crate::files::Files;
use crate::hex;
use crate::input::Input;
use crate::level::Level;
use crate::limits::{MEMORY_LEN_MAX, TIMER_MS_MAX};
use crate::sockets::{Socket, Sockets};
use crate::standards;
use crate::timers::Timers;
use crate::watch::{Watch, Watched};
use crate::workers::{Job, Outside, Post, Workers};

/// Takes a line that a page writes.
type Print = Box<dyn Fn(Level, &str)>;

/// What a page is given.
pub struct PageOptions {
    /// Its base URL and origin, what its sockets may do, and how they reach servers. Its log is not
    /// used: those lines are printed.
    pub web: Options,
    /// How long it may run, endless loops included. Default: for ever.
    pub time_limit: Option<Duration>,
    /// Whether its scripts can call `gc()`, which lets go of all that nothing refers to. Default:
    /// no.
    pub exposes_gc: bool,
    /// Memory of its engine, in bytes. Default [`MEMORY_LEN_MAX`].
    pub memory_len_max: usize,
    /// The page's `name`. Default: empty.
    pub name: String,
    /// Who hears of what its sockets do. Default: nobody.
    pub watch: Option<Watch>,
    /// What a person types: answers of `prompt`, and lines for the first text input. Default:
    /// nobody is there.
    pub input: Option<Input>,
    /// The id of the element that is clicked at the end of the input. Default: none.
    pub click_at_end: Option<String>,
    /// What scripts see as `scriptArgs`. Default: nothing.
    pub args: Vec<String>,
    /// Where imports and workers may come from, and whatever is below it. Default: there are none.
    pub module_directory: Option<PathBuf>,
    print: Print,
}

impl PageOptions {
    /// The defaults, with `print` called for each line that is written.
    pub fn new(print: impl Fn(Level, &str) + 'static) -> Self {
        Self {
            web: Options::default(),
            time_limit: None,
            exposes_gc: false,
            memory_len_max: MEMORY_LEN_MAX,
            name: String::new(),
            watch: None,
            input: None,
            click_at_end: None,
            args: Vec::new(),
            module_directory: None,
            print: Box::new(print),
        }
    }
}

impl fmt::Debug for PageOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PageOptions")
            .field("web", &self.web)
            .finish_non_exhaustive()
    }
}

/// The world of one page.
pub(crate) struct Host {
    options: PageOptions,
    settings: Settings,
    dial: Dial,
    started: Instant,
    /// When that was, in milliseconds since 1970.
    time_origin_ms: f64,
    pub(crate) sockets: RefCell<Sockets>,
    pub(crate) timers: RefCell<Timers>,
    watched: Option<Watched>,
    pub(crate) workers: RefCell<Workers>,
    /// None if there is but one script.
    files: Option<Files>,
    /// If it is the page of a worker.
    pub(crate) outside: Option<Outside>,
    /// Starts the thread of a worker.
    spawn: fn(Job) -> bool,
    /// Exceptions that nobody caught.
    errors: Cell<usize>,
    wants_input: Cell<bool>,
    /// Whether a module waits for something at its top level.
    is_evaluating: Cell<bool>,
}

impl Host {
    pub(crate) fn new(
        mut options: PageOptions,
        files: Option<Files>,
        outside: Option<Outside>,
        spawn: fn(Job) -> bool,
    ) -> Self {
        let files = files.or_else(|| options.module_directory.as_deref().map(Files::new));
        let watched = options.watch.take().map(Watched::new);
        let (settings, dial) = options.web.clone().into_parts();
        Self {
            options,
            settings,
            dial,
            started: Instant::now(),
            time_origin_ms: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0.0, |since| since.as_secs_f64() * 1000.0),
            sockets: RefCell::default(),
            timers: RefCell::default(),
            watched,
            workers: RefCell::default(),
            files,
            outside,
            spawn,
            errors: Cell::new(0),
            wants_input: Cell::new(false),
            is_evaluating: Cell::new(false),
        }
    }

    /// The time since the page began.
    pub(crate) fn now(&self) -> Duration {
        self.started.elapsed()
    }

    /// When `time` since the beginning is.
    pub(crate) fn at(&self, time: Duration) -> Instant {
        self.started + time
    }

    pub(crate) fn time_limit(&self) -> Option<Duration> {
        self.options.time_limit
    }

    pub(crate) fn is_out_of_time(&self) -> bool {
        let is_late = |limit| self.now() >= limit;
        self.options.time_limit.is_some_and(is_late) || self.is_ended()
    }

    /// Whether it is the page of a worker that its page ended.
    fn is_ended(&self) -> bool {
        let outside = self.outside.as_ref();
        outside.is_some_and(|outside| outside.wires.is_stopped())
    }

    /// Whether it is the page of a worker whose script called `close`.
    pub(crate) fn is_closing(&self) -> bool {
        let outside = self.outside.as_ref();
        outside.is_some_and(|outside| outside.is_closing.get())
    }

    pub(crate) fn module_directory(&self) -> Option<PathBuf> {
        self.options.module_directory.clone()
    }

    pub(crate) fn memory_len_max(&self) -> usize {
        self.options.memory_len_max
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn args(&self) -> &[String] {
        &self.options.args
    }

    /// The page has something that a line may go into.
    pub(crate) fn want_input(&self) {
        self.wants_input.set(true);
    }

    pub(crate) fn set_evaluating(&self, is: bool) {
        self.is_evaluating.set(is);
    }

    /// Nothing can happen any more. A module that waits all the same did not run to its end.
    pub(crate) fn end(&self) -> usize {
        if self.is_evaluating.get() {
            self.report("The module awaits something that cannot happen any more");
        }
        self.errors.get()
    }

    /// The input, if the page has a use for it.
    pub(crate) fn input(&self) -> Option<&Input> {
        let is_wanted = self.wants_input.get() || self.options.click_at_end.is_some();
        self.options.input.as_ref().filter(|_| is_wanted)
    }

    pub(crate) fn click_at_end(&self) -> Option<&str> {
        self.options.click_at_end.as_deref()
    }

    /// The next line of the input, for which the whole page waits, as for a dialog.
    pub(crate) fn prompt(&self) -> Option<String> {
        let left = self.time_limit();
        let left = left.map(|limit| limit.saturating_sub(self.now()));
        self.options.input.as_ref()?.wait_next(left)
    }

    pub(crate) fn print(&self, level: Level, line: &str) {
        (self.options.print)(level, line);
    }

    /// Tells of an exception that nobody caught.
    pub(crate) fn report(&self, line: &str) {
        self.errors.set(self.errors.get() + 1);
        match &self.outside {
            Some(outside) => outside.wires.post(Post::Report(line.to_owned())),
            None => self.print(Level::Error, line),
        }
    }

    fn start_timer(&self, ctx: &Ctx<'_>, id: u32, ms: f64) -> Result<()> {
        // Not a number is no time, as in browsers.
        let ms = if ms.is_nan() {
            0.0
        } else {
            ms.clamp(0.0, TIMER_MS_MAX)
        };
        let at = self.now() + Duration::from_secs_f64(ms / 1000.0);
        if self.timers.borrow_mut().start(id, at) {
            Ok(())
        } else {
            Err(Exception::throw_range(ctx, "too many timers"))
        }
    }

    fn open(&self, ctx: &Ctx<'_>, url: &str, protocols: Vec<String>) -> Result<u32> {
        let machine = Machine::new(url, protocols.into(), &self.settings);
        let machine = machine.map_err(|exception| thrown(ctx, &exception))?;
        let dial = self.dial.clone();
        let id = self.sockets.borrow_mut().add(machine, dial);
        let id = id.ok_or_else(|| Exception::throw_range(ctx, "too many sockets"))?;
        if let Some(watched) = &self.watched {
            watched.made(id, self.now());
        }
        Ok(id)
    }

    fn send(&self, ctx: &Ctx<'_>, id: u32, message: Message) -> Result<()> {
        let sent = self.ask(ctx, id, |socket| socket.machine.send(message))?;
        sent.map_err(|exception| thrown(ctx, &exception))?;
        if let Some(watched) = &self.watched {
            watched.sent(id, self.now());
        }
        Ok(())
    }

    fn collect(&self, id: u32) {
        self.sockets.borrow_mut().collect(id);
        if let Some(watched) = &self.watched {
            watched.collected(id);
        }
    }

    /// An event is about to fire at a socket.
    pub(crate) fn fired(&self, id: u32, event: &Event) {
        if let Some(watched) = &self.watched {
            watched.fired(id, event, self.now());
        }
    }

    /// What `ask` answers of the socket with this number.
    fn ask<R>(&self, ctx: &Ctx<'_>, id: u32, ask: impl FnOnce(&mut Socket) -> R) -> Result<R> {
        let mut sockets = self.sockets.borrow_mut();
        let socket = sockets.get(id);
        let socket = socket.ok_or_else(|| Exception::throw_type(ctx, "there is no such socket"))?;
        let answer = ask(socket);
        socket.command();
        Ok(answer)
    }

    fn close(&self, ctx: &Ctx<'_>, id: u32, code: i32, reason: &str) -> Result<()> {
        // Negative for none; the prelude clamps it to 16 bits.
        let code = u16::try_from(code).ok();
        let closed = self.ask(ctx, id, |socket| socket.machine.close(code, reason))?;
        closed.map_err(|exception| thrown(ctx, &exception))
    }
}

/// Throws what a socket's method throws.
fn thrown(ctx: &Ctx<'_>, exception: &DomException) -> rquickjs::Error {
    Exception::throw_dom(ctx, exception.name().as_str(), exception.message())
}

/// The bytes that the prelude hands over.
fn bytes(ctx: &Ctx<'_>, text: &str) -> Result<Vec<u8>> {
    hex::decode(text).ok_or_else(|| Exception::throw_type(ctx, "these are no bytes"))
}

/// The object that the prelude calls.
pub(crate) fn object<'js>(ctx: &Ctx<'js>, host: &Rc<Host>) -> Result<Object<'js>> {
    let object = Object::new(ctx.clone())?;
    add_world(ctx, &object, host)?;
    add_clock(ctx, &object, host)?;
    standards::add(ctx, &object)?;
    workers::add(ctx, &object, host)?;
    object.set("name", host.options.name.as_str())?;
    add_attributes(ctx, &object, host)?;
    add_methods(ctx, &object, host)?;
    Ok(object)
}

/// A function of the host for the prelude: `name`, the host's name in the body, and the function.
macro_rules! add {
    ($ctx:ident, $object:ident, $name:literal, $host:ident, $function:expr) => {{
        let $host = Rc::clone($host);
        $object.set($name, Function::new($ctx.clone(), $function)?)?;
    }};
}

use add;

fn add_world<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add!(
        ctx,
        object,
        "print",
        host,
        move |level: String, line: String| {
            let level = match level.as_str() {
                "error" => Level::Error,
                "warn" => Level::Warning,
                _ => Level::Log,
            };
            host.print(level, &line);
        }
    );
    add!(ctx, object, "report", host, move |line: String| host
        .report(&line));
    add!(
        ctx,
        object,
        "startTimer",
        host,
        move |ctx: Ctx<'js>, id: u32, ms: f64| { host.start_timer(&ctx, id, ms) }
    );
    add!(ctx, object, "stopTimer", host, move |id: u32| {
        host.timers.borrow_mut().stop(id);
    });
    let encode = |ctx: Ctx<'js>, text: String| ArrayBuffer::new(ctx, text.into_bytes());
    object.set("encode", Function::new(ctx.clone(), encode)?)?;
    let decode = |ctx: Ctx<'js>, hex: String| {
        let bytes = bytes(&ctx, &hex)?;
        // The byte order mark is no part of a text that is decoded.
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        Ok::<_, rquickjs::Error>(String::from_utf8_lossy(bytes).into_owned())
    };
    if host.options.exposes_gc {
        let gc = |ctx: Ctx<'js>| ctx.run_gc();
        ctx.globals().set("gc", Function::new(ctx.clone(), gc)?)?;
    }
    object.set("decode", Function::new(ctx.clone(), decode)?)
}

/// The time of `performance`, in milliseconds.
fn add_clock<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add!(ctx, object, "now", host, move || host.now().as_secs_f64()
        * 1000.0);
    add!(ctx, object, "timeOrigin", host, move || host.time_origin_ms);
    Ok(())
}

fn add_attributes<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add!(ctx, object, "url", host, move |ctx: Ctx<'js>, id: u32| {
        host.ask(&ctx, id, |socket| socket.machine.url().to_owned())
    });
    add!(
        ctx,
        object,
        "readyState",
        host,
        move |ctx: Ctx<'js>, id: u32| {
            host.ask(&ctx, id, |socket| socket.machine.ready_state().number())
        }
    );
    add!(
        ctx,
        object,
        "bufferedAmount",
        host,
        move |ctx: Ctx<'js>, id: u32| {
            #[expect(
                clippy::cast_precision_loss,
                reason = "scripts have no other number for it"
            )]
            host.ask(&ctx, id, |socket| socket.machine.buffered_amount() as f64)
        }
    );
    add!(
        ctx,
        object,
        "extensions",
        host,
        move |ctx: Ctx<'js>, id: u32| {
            host.ask(&ctx, id, |socket| socket.machine.extensions().to_owned())
        }
    );
    add!(
        ctx,
        object,
        "protocol",
        host,
        move |ctx: Ctx<'js>, id: u32| {
            host.ask(&ctx, id, |socket| socket.machine.protocol().to_owned())
        }
    );
    add!(
        ctx,
        object,
        "isBlob",
        host,
        move |ctx: Ctx<'js>, id: u32| {
            host.ask(&ctx, id, |socket| {
                socket.machine.binary_type() == BinaryType::Blob
            })
        }
    );
    add!(
        ctx,
        object,
        "setBlob",
        host,
        move |ctx: Ctx<'js>, id: u32, is: bool| {
            let form = if is {
                BinaryType::Blob
            } else {
                BinaryType::ArrayBuffer
            };
            host.ask(&ctx, id, |socket| socket.machine.set_binary_type(form))
        }
    );
    Ok(())
}

fn add_methods<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add!(
        ctx,
        object,
        "open",
        host,
        move |ctx: Ctx<'js>, url: String, names: Vec<String>| { host.open(&ctx, &url, names) }
    );
    add!(
        ctx,
        object,
        "close",
        host,
        move |ctx: Ctx<'js>, id: u32, code: i32, reason: String| {
            host.close(&ctx, id, code, &reason)
        }
    );
    add!(
        ctx,
        object,
        "sendText",
        host,
        move |ctx: Ctx<'js>, id: u32, text: String| { host.send(&ctx, id, text.into()) }
    );
    add!(
        ctx,
        object,
        "sendBytes",
        host,
        move |ctx: Ctx<'js>, id: u32, hex: String| {
            let bytes = bytes(&ctx, &hex)?;
            host.send(&ctx, id, bytes.into())
        }
    );
    add!(
        ctx,
        object,
        "setListeners",
        host,
        move |ctx: Ctx<'js>, id: u32, bits: u8| {
            host.ask(&ctx, id, |socket| socket.set_listeners(bits))
        }
    );
    add!(ctx, object, "collect", host, move |id: u32| host
        .collect(id));
    Ok(())
}

impl fmt::Debug for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Host").finish_non_exhaustive()
    }
}
