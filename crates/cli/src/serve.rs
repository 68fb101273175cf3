//! `sockeye serve`: the server application. Owns when it stops, and what it tells the person who
//! started it.

use std::ffi::OsString;
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use sockeye::ServerTls;
use sockeye_server::limits::FILE_LEN_MAX;
use sockeye_server::settings::{
    Fault, Given, Loaded, Setting, Source, Sources, VARIABLE_PREFIX, load,
};
use sockeye_server::{Drained, Options, Place, Reloader, Server};

use crate::certificate::Certificate;
use crate::descriptors;
use crate::failure::Failure;
use crate::flags::{Flag, Syntax, Takes, Verb};
use crate::log;
use crate::output::{complain, print};
use crate::runtime::runtime;
use crate::stop::{Stops, cut_off};
use crate::values::file;

/// The variable that names the configuration file.
const CONFIG_VARIABLE: &str = "SOCKEYE_CONFIG";

/// The flags of `sockeye serve`.
#[derive(Debug, Default)]
pub(crate) struct Serve {
    config: Option<PathBuf>,
    flags: Vec<(&'static Setting, String)>,
}

impl Verb for Serve {
    const SYNTAX: Syntax<Self> = Syntax {
        verb: "serve",
        about: "a server: pages and WebSockets on one port",
        operand: None,
        flags: &[Flag {
            name: "config",
            takes: Takes::Value("FILE", |serve, value| {
                serve.config = Some(value.into());
                Ok(())
            }),
            help: "read this configuration file, which may say what the flags below say",
        }],
        keep: Some(|serve, setting, value| serve.flags.push((setting, value))),
        notes: "\
Each setting is also a variable: SOCKEYE_LIMITS_HEAD_TIMEOUT and so on. A flag wins over the
environment, that over the file. `sockeye config` prints a file to start from.

SIGINT and SIGTERM stop it: it is not ready any more, WebSockets are closed, answers go out; a
second one ends it at once. SIGHUP has it read the certificate and the keys of tokens again, for
connections that come from then on.
",
    };

    fn run(self) -> Result<(), Failure> {
        let loaded = load(given(self.config, self.flags)?);
        let unknown = words_of_unknown(&loaded);
        // Without options it is not known what the log is to look like.
        let (mut options, sources) =
            refuse(loaded).inspect_err(|_| unknown.iter().for_each(complain))?;
        log::start(options.log);
        for words in unknown {
            tracing::warn!("{words}");
        }
        let certificate = Certificate::of(&options);
        options.tls = certificate.tls_of(&sources)?;
        descriptors::raise(options.limits.connections_max.into());
        runtime()?.block_on(serve(options, certificate, sources))
    }
}

/// The file at `path`, or else the one that the environment names, the environment and `flags`.
pub(crate) fn given(
    path: Option<PathBuf>,
    flags: Vec<(&'static Setting, String)>,
) -> Result<Given, Failure> {
    let mut given = Given::default();
    (given.variables, given.unreadable_variables) = variables(std::env::vars_os());
    let named = given
        .variables
        .iter()
        .find(|(name, _)| name == CONFIG_VARIABLE);
    let named = named.map(|(_, path)| PathBuf::from(path));
    if let Some(path) = path.or(named) {
        given.file = Some(read_configuration(&path)?);
    }
    given.variables.retain(|(name, _)| name != CONFIG_VARIABLE);
    given.flags = flags;
    Ok(given)
}

/// Of each variable that looks like ours and is no setting.
pub(crate) fn words_of_unknown(loaded: &Loaded) -> Vec<String> {
    let unknown = loaded.unknown_variables.iter();
    unknown
        .map(|name| format!("there is no setting for the variable {name}"))
        .collect()
}

/// The environment, and the names of those of our variables in it that are no text. Others may be
/// what they like.
fn variables(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> (Vec<(String, String)>, Vec<String>) {
    let (mut texts, mut unreadable) = (Vec::new(), Vec::new());
    for (name, value) in all {
        match (name.into_string(), value.into_string()) {
            (Ok(name), Ok(value)) => texts.push((name, value)),
            (name, _) => {
                let name = name.unwrap_or_else(|name| name.to_string_lossy().into_owned());
                if name.starts_with(VARIABLE_PREFIX) {
                    unreadable.push(name);
                }
            }
        }
    }
    (texts, unreadable)
}

/// The configuration file at `path`.
fn read_configuration(path: &Path) -> Result<(PathBuf, String), Failure> {
    // It is read once, so that a pipe will do.
    let bytes = file("the configuration", path, FILE_LEN_MAX)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = error.as_bytes().iter().take(at);
        let line = before.filter(|byte| **byte == b'\n').count() + 1;
        Failure::Configuration(format!("{}:{line}: this is no UTF-8", path.display()))
    })?;
    Ok((path.to_owned(), text))
}

/// The options and where they have their values from, unless anything is wrong with them: then all
/// of that.
pub(crate) fn refuse(loaded: Loaded) -> Result<(Options, Sources), Failure> {
    if loaded.faults.is_empty() {
        return Ok((loaded.options, loaded.sources));
    }
    // Each is a line of its own, of which the last is what the command ends with.
    let mut lines: Vec<_> = loaded.faults.iter().map(ToString::to_string).collect();
    let message = lines.pop().unwrap_or_default();
    lines.iter().for_each(complain);
    let is_flag = |fault: &Fault| matches!(fault.source(), Source::Flag(_));
    Err(if loaded.faults.iter().all(is_flag) {
        Failure::usage(message)
    } else {
        Failure::Configuration(message)
    })
}

async fn serve(
    options: Options,
    certificate: Certificate,
    sources: Sources,
) -> Result<(), Failure> {
    let (tls, base) = (options.tls.clone(), options.base.clone());
    let cannot = |error: io::Error| {
        let words = sources.words(&error);
        Failure::Run(format!("cannot serve: {words}"))
    };
    let server = Server::bind(options).await.map_err(cannot)?;
    let cannot_start = |error: io::Error| Failure::run("cannot start", &error);
    let stops = Stops::listen().map_err(cannot_start)?;
    let is_tls = tls.is_some();
    if let Some(place) = server.metrics_place() {
        tracing::info!(%place, "metrics");
    }
    let files = Files {
        certificate,
        tls,
        reloader: server.reloader(),
        sources,
    };
    let reloading = files.reload_at_signal().map_err(cannot_start)?;
    let stop = async {
        tokio::select! {
            () = stops.times(1) => {}
            () = reloading => {}
        }
    };
    print(&greeting(server.places(), is_tls, base.path()))?;
    let Drained { cut_off: count, .. } = server
        .run(stop, stops.times(2))
        .await
        .map_err(|error| Failure::run("cannot go on", &error))?;
    if let Some(words) = cut_off(count) {
        tracing::warn!("{words}");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Where it listens, and what to do there.
fn greeting(places: &[Place], is_tls: bool, base: &str) -> String {
    let s = if is_tls { "s" } else { "" };
    let mut text = String::new();
    for place in places {
        // Writing into a string does not fail.
        let _ = match place.address() {
            Some(address) => writeln!(text, "listening on http{s}://{address}{base}/"),
            None => writeln!(text, "listening on {place}"),
        };
    }
    if let Some(address) = places.iter().find_map(Place::address) {
        let echo = format!("ws{s}://{address}{base}/echo");
        let _ = writeln!(
            text,
            "open it in a browser, or talk to its echo: sockeye connect {echo}"
        );
    }
    text
}

/// What is read again while the server runs.
struct Files {
    certificate: Certificate,
    tls: Option<ServerTls>,
    reloader: Reloader,
    /// Which setting names which of them, for what is told.
    sources: Sources,
}

impl Files {
    /// Reads them again whenever the process is asked to. Never ready.
    #[cfg(unix)]
    fn reload_at_signal(self) -> io::Result<impl Future<Output = ()>> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup())?;
        Ok(async move {
            while hangup.recv().await.is_some() {
                self.reload();
            }
            std::future::pending::<()>().await;
        })
    }

    /// There is no such signal here.
    #[cfg(not(unix))]
    fn reload_at_signal(self) -> io::Result<impl Future<Output = ()>> {
        Ok(std::future::pending())
    }

    #[cfg_attr(not(unix), expect(dead_code, reason = "there is no signal for it"))]
    fn reload(&self) {
        if let Some(tls) = &self.tls {
            match self.certificate.reload(tls, &self.sources) {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(failure) => tracing::error!("the certificate stays: {failure}"),
            }
        }
        match self.reloader.reload() {
            Ok(true) => tracing::info!("the keys of tokens were read again"),
            Ok(false) => {}
            Err(error) => {
                let error = self.sources.words(&error);
                tracing::error!("the keys of tokens stay: {error}");
            }
        }
    }
}
