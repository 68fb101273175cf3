//! The functions of a host as the prelude calls them: their names, and what they take of the
//! engine. Owns no state.

use std::rc::Rc;

use rquickjs::convert::List;
use rquickjs::{Ctx, Exception, Function, IntoJs, Object, Result, Value};
use sockeye::web::{BinaryType, DomException, Machine};

use super::{Host, tasks, workers};
use crate::entries::eval;
use crate::hex;
use crate::level::Level;
use crate::standards;

/// Throws what a socket's method throws.
pub(super) fn thrown(ctx: &Ctx<'_>, exception: &DomException) -> rquickjs::Error {
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
    standards::add_base64(ctx, &object)?;
    tasks::add(ctx, &object, host)?;
    workers::add_kind(&object, host)?;
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

pub(super) use add;

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
                "shown" => Level::Shown,
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
        "runText",
        host,
        move |ctx: Ctx<'js>, text: String| {
            let name = format!("timer of {}", host.script.borrow());
            eval::<Value<'js>>(&ctx, &name, &text).map(drop)
        }
    );
    add!(
        ctx,
        object,
        "untold",
        host,
        move |ctx: Ctx<'js>, error: Value<'js>| {
            host.untold.add_error(&ctx, error);
            host.nudge.nudge();
        }
    );
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
    add!(ctx, object, "evaluated", host, move || host
        .set_evaluating(false));
    if host.options.exposes_gc {
        let gc = |ctx: Ctx<'js>| ctx.run_gc();
        let gc = Function::new(ctx.clone(), gc)?;
        // The page's own, which an engine's first function of the host does not have.
        let function: Object<'js> = ctx.globals().get("Function")?;
        gc.set_prototype(
            function
                .get::<_, Option<Object<'js>>>("prototype")?
                .as_ref(),
        )?;
        ctx.globals().set("gc", gc)?;
    }
    Ok(())
}

/// The time of events, in milliseconds.
fn add_clock<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add!(ctx, object, "now", host, move || host.now().as_secs_f64()
        * 1000.0);
    Ok(())
}

/// Whether a value is a proxy or a promise, which no script can tell.
pub(super) fn add_kinds<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Result<()> {
    let is_proxy = |value: Value<'js>| value.is_proxy();
    object.set("isProxy", Function::new(ctx.clone(), is_proxy)?)?;
    let is_promise = |value: Value<'js>| value.is_promise();
    object.set("isPromise", Function::new(ctx.clone(), is_promise)?)
}

/// What is said of the page with an exception that nobody caught.
pub(super) fn add_page<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add!(ctx, object, "page", host, move || {
        List((host.place(), host.memory_len_max(), host.is_sharing.get()))
    });
    Ok(())
}

/// When that began, for `performance`.
pub(super) fn add_origin<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add!(ctx, object, "timeOrigin", host, move || host.time_origin_ms);
    Ok(())
}

fn add_attributes<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    add_getter(ctx, object, host, "url", |machine| machine.url().to_owned())?;
    add_getter(ctx, object, host, "readyState", |machine| {
        machine.ready_state().number()
    })?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "scripts have no other number for it"
    )]
    add_getter(ctx, object, host, "bufferedAmount", |machine| {
        machine.buffered_amount() as f64
    })?;
    add_getter(ctx, object, host, "extensions", |machine| {
        machine.extensions().to_owned()
    })?;
    add_getter(ctx, object, host, "protocol", |machine| {
        machine.protocol().to_owned()
    })?;
    add_getter(ctx, object, host, "isBlob", |machine| {
        machine.binary_type() == BinaryType::Blob
    })?;
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

/// A function of the host that says something of a socket's machine.
fn add_getter<'js, R: IntoJs<'js> + 'js>(
    ctx: &Ctx<'js>,
    object: &Object<'js>,
    host: &Rc<Host>,
    name: &str,
    get: impl Fn(&Machine) -> R + 'js,
) -> Result<()> {
    let host = Rc::clone(host);
    let ask = move |ctx: Ctx<'js>, id: u32| host.ask(&ctx, id, |socket| get(&socket.machine));
    object.set(name, Function::new(ctx.clone(), ask)?)
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
