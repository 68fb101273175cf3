//! `sockeye serve`: the server application. Owns when it stops, and what it tells the person who
//! started it.

use std::io;

use sockeye_server::{Options, Server};

use crate::descriptors;
use crate::failure::Failure;
use crate::flags::{Flag, Syntax, Takes, Verb};
use crate::output::{complain, print};
use crate::values::{address, threads};

/// The flags of `sockeye serve`.
#[derive(Debug, Default)]
pub(crate) struct Serve {
    options: Options,
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
        ],
        notes: "SIGINT and SIGTERM stop it: WebSockets are closed with 1001, answers go out.\n",
    };

    fn run(mut self) -> Result<(), Failure> {
        self.options.report_accept_error = report;
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
        let server = Server::bind(self.options).await.map_err(cannot)?;
        let stop = stop_signal().map_err(|error| Failure::run("cannot start", &error))?;
        let address = server.local_addr();
        print(&format!(
            "listening on http://{address}/\n\
             open it in a browser, or talk to its echo: sockeye connect ws://{address}/echo\n"
        ))?;
        let drained = server.run(stop).await;
        let drained = drained.map_err(|error| Failure::run("cannot go on", &error))?;
        if drained.cut_off > 0 {
            let count = drained.cut_off;
            complain(format_args!("{count} connections did not close in time"));
        }
        Ok(())
    }
}

fn report(error: &io::Error) {
    complain(format_args!(
        "cannot accept connections, trying on: {error}"
    ));
}

/// Ready when the process is asked to stop.
#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ready when the process is asked to stop.
#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without the signal there is nothing that could ask.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
