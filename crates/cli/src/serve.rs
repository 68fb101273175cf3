//! `sockeye serve`: the server application. Owns when it stops, and what it tells the person who
//! started it.

use std::io;

use sockeye::ServerTls;
use sockeye_server::{Options, Server};

use crate::certificate::Certificate;
use crate::descriptors;
use crate::failure::{Failure, chain};
use crate::flags::{Flag, Syntax, Takes, Verb};
use crate::output::{complain, note, print};
use crate::stop::{stop_signal, tell_cut_off};
use crate::values::{address, threads};

/// The flags of `sockeye serve`.
#[derive(Debug, Default)]
pub(crate) struct Serve {
    options: Options,
    certificate: Certificate,
}

impl Verb for Serve {
    const SYNTAX: Syntax<Self> = Syntax {
        verb: "serve",
        about: "a server: pages and WebSockets on one port",
        operand: None,
        flags: &[
            Flag {
                name: "listen",
                takes: Takes::Value("ADDR:PORT", |serve, value| {
                    serve.options.listen = address(value)?;
                    Ok(())
                }),
                help: "where to listen [127.0.0.1:8080]; port 0 takes any",
            },
            Flag {
                name: "threads",
                takes: Takes::Value("N", |serve, value| {
                    serve.options.threads = threads(value)?;
                    Ok(())
                }),
                help: "worker threads [one for each core], at most 1024",
            },
            Flag {
                name: "cert",
                takes: Takes::Value("FILE", |serve, value| {
                    serve.certificate.chain = Some(value.into());
                    Ok(())
                }),
                help: Certificate::CHAIN_HELP,
            },
            Flag {
                name: "key",
                takes: Takes::Value("FILE", |serve, value| {
                    serve.certificate.key = Some(value.into());
                    Ok(())
                }),
                help: Certificate::KEY_HELP,
            },
        ],
        notes: "\
SIGINT and SIGTERM stop it: WebSockets are closed with 1001, answers go out. SIGHUP has it read the
certificate and its key again, for connections that come from then on.
",
    };

    fn run(mut self) -> Result<(), Failure> {
        self.options.report_accept_error = report;
        self.options.tls = self.certificate.tls()?;
        descriptors::raise(self.options.connections_max.into());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::run("cannot start", &error))?;
        runtime.block_on(self.serve())
    }
}

impl Serve {
    async fn serve(self) -> Result<(), Failure> {
        let listen = self.options.listen;
        let cannot = |error: io::Error| Failure::run(format!("cannot serve on {listen}"), &error);
        let tls = self.options.tls.clone();
        let s = if tls.is_some() { "s" } else { "" };
        let server = Server::bind(self.options).await.map_err(cannot)?;
        let cannot_start = |error: io::Error| Failure::run("cannot start", &error);
        let stop = stop_signal().map_err(cannot_start)?;
        let reloading = reload_at_signal(self.certificate, tls).map_err(cannot_start)?;
        let stop = async {
            tokio::select! {
                () = stop => {}
                () = reloading => {}
            }
        };
        let address = server.local_addr();
        print(&format!(
            "listening on http{s}://{address}/\n\
             open it in a browser, or talk to its echo: sockeye connect ws{s}://{address}/echo\n"
        ))?;
        let drained = server.run(stop).await;
        let drained = drained.map_err(|error| Failure::run("cannot go on", &error))?;
        tell_cut_off(drained.cut_off);
        Ok(())
    }
}

fn report(error: &io::Error) {
    let why = chain(error);
    complain(format_args!("cannot accept connections, trying on: {why}"));
}

/// Reads the certificate again whenever the process is asked to. Never ready.
#[cfg(unix)]
fn reload_at_signal(
    certificate: Certificate,
    tls: Option<ServerTls>,
) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    // Without a certificate the signal means what it does to any program.
    let hangup = tls.is_some().then(|| signal(SignalKind::hangup()));
    let hangup = hangup.transpose()?;
    Ok(async move {
        if let (Some(tls), Some(mut hangup)) = (tls, hangup) {
            while hangup.recv().await.is_some() {
                match certificate.reload(&tls) {
                    Ok(()) => note("the certificate was read again"),
                    Err(failure) => complain(format_args!("the certificate stays: {failure}")),
                }
            }
        }
        std::future::pending::<()>().await;
    })
}

/// There is no such signal here.
#[cfg(not(unix))]
fn reload_at_signal(_: Certificate, _: Option<ServerTls>) -> io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}
