//! The log of a server, on standard error: lines for people or JSON for programs. Owns the form;
//! what is told, and what is kept secret, is the server's business.

use std::backtrace::Backtrace;
use std::panic::PanicHookInfo;

use sockeye_server::options::{Log, LogFormat, LogLevel};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Writes what is told from now on.
pub(crate) fn start(log: Log) {
    let format = tracing_subscriber::fmt()
        .with_max_level(filter(log.level))
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        // Where nobody reads the log any more, the server goes on.
        .log_internal_errors(false);
    match log.format {
        LogFormat::Json => {
            let format = format.json().flatten_event(true);
            format.finish().with(ours(log.level)).init();
        }
        _ => format.finish().with(ours(log.level)).init(),
    }
    // It would be printed to the same place, and in no form.
    std::panic::set_hook(Box::new(tell_panic));
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
