//! The log of a server, on standard error: lines for people or JSON for programs. Owns the form,
//! also of what the command ends with; what is told, and what is kept secret, is the server's
//! business.

use std::backtrace::Backtrace;
use std::fmt::{self, Debug, Display};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};

use sockeye_server::harmless;
use sockeye_server::options::{Log, LogFormat, LogLevel};
use tracing::field::Field;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Whether all that stands on standard error is to be an object.
static IS_JSON: AtomicBool = AtomicBool::new(false);

/// Writes what is told from now on.
pub(crate) fn start(log: Log) {
    let format = tracing_subscriber::fmt()
        .with_max_level(filter(log.level))
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        // Where nobody reads the log any more, the server goes on.
        .log_internal_errors(false);
    if log.format == LogFormat::Json {
        let format = format.json().flatten_event(true);
        format.finish().with(ours(log.level)).init();
        IS_JSON.store(true, Ordering::Relaxed);
    } else {
        let format = format.fmt_fields(debug_fn(write_field).delimited(" "));
        format.finish().with(ours(log.level)).init();
    }
    // It would be printed to the same place, and in no form.
    std::panic::set_hook(Box::new(tell_panic));
}

/// Tells what the command ends with as a line of the log, where a program reads that: whether it
/// did.
pub(crate) fn tell(failure: impl Display) -> bool {
    let is_json = IS_JSON.load(Ordering::Relaxed);
    if is_json {
        tracing::error!("{failure}");
    }
    is_json
}

/// A field of a line for people: the message, or `name=value` with quotes around what would not end
/// where it ends.
fn write_field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    let text = format!("{value:?}");
    if field.name() == "message" {
        return writer.write_str(&harmless(&text));
    }
    write!(writer, "{}=", field.name())?;
    // What is text already has them.
    let is_quoted = text.starts_with('"');
    let is_one_word = !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c == '=');
    if is_quoted || is_one_word {
        writer.write_str(&harmless(&text))
    } else {
        write!(writer, "{text:?}")
    }
}

/// Only what we tell ourselves: what is in the events of others, such as whole headers, is not
/// known.
fn ours(level: LogLevel) -> Targets {
    Targets::new().with_target("sockeye", filter(level))
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
        _ => LevelFilter::INFO,
    }
}

fn tell_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let payload = panic.payload();
    let words = payload.downcast_ref::<&str>().copied();
    let words = words.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let words = words.unwrap_or("no words");
    // Empty unless RUST_BACKTRACE asks for it.
    let backtrace = Backtrace::capture();
    tracing::error!(place, %backtrace, "panic: {words}");
}
