//! `sockeye echo`: the echo server that test suites and benches are pointed at. Owns the loop,
//! which is written on the library's ordinary interface, and the order of stopping.

mod guests;

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;

use sockeye::{Acceptor, Config, DeflatePolicy, Origins, ServerTls, WebSocket};
use sockeye_server::limits::{CLOSE_TIMEOUT, DRAIN_TIMEOUT, HANDSHAKES_MAX};
use sockeye_server::{Arrival, Door, Listen, Listener, Opening, Slot, Slots, Socket, Worker};

use crate::certificate::Certificate;
use crate::descriptors;
use crate::failure::{Failure, chain};
use crate::flags::{Flag, Syntax, Takes, Verb};
use crate::output::{complain, print};
use crate::runtime::runtime;
use crate::stop::{Stops, cut_off};
use crate::values::{address, size, threads};

use guests::{Entry, Guests};

/// The flags of `sockeye echo`.
#[derive(Clone, Debug)]
pub(crate) struct Echo {
    pub(crate) listen: SocketAddr,
    pub(crate) threads: NonZeroUsize,
    pub(crate) deflate: Option<DeflatePolicy>,
    pub(crate) message_len_max: usize,
    pub(crate) lend: bool,
    pub(crate) certificate: Certificate,
}

impl Default for Echo {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 9001)),
            threads: NonZeroUsize::MIN,
            deflate: None,
            message_len_max: Config::default().message_len_max,
            lend: false,
            certificate: Certificate::default(),
        }
    }
}

const FLAGS: [Flag<Echo>; 7] = [
    Flag {
        name: "listen",
        takes: Takes::Value("ADDR:PORT", |echo, value| {
            echo.listen = address(value)?;
            Ok(())
        }),
        help: "where to listen [127.0.0.1:9001]; port 0 takes any",
    },
    Flag {
        name: "threads",
        takes: Takes::Value("N", |echo, value| {
            echo.threads = threads(value)?;
            Ok(())
        }),
        help: "worker threads [1], at most 1024",
    },
    Flag {
        name: "deflate",
        takes: Takes::Value("KIND", |echo, value| {
            echo.deflate = Some(parse_deflate(value)?);
            Ok(())
        }),
        help: "agree to permessage-deflate: takeover or no-takeover [off]",
    },
    Flag {
        name: "max-message",
        takes: Takes::Value("SIZE", |echo, value| {
            echo.message_len_max = size(value)?;
            Ok(())
        }),
        help: "longest message, such as 65536, 64K, 1G [16M]",
    },
    Flag {
        name: "lend",
        takes: Takes::Nothing(|echo| echo.lend = true),
        help: "echo from the read buffer, without owned messages",
    },
    Flag {
        name: "cert",
        takes: Takes::Value("FILE", |echo, value| {
            echo.certificate.chain = Some(value.into());
            Ok(())
        }),
        help: Certificate::CHAIN_HELP,
    },
    Flag {
        name: "key",
        takes: Takes::Value("FILE", |echo, value| {
            echo.certificate.key = Some(value.into());
            Ok(())
        }),
        help: Certificate::KEY_HELP,
    },
];

impl Verb for Echo {
    const SYNTAX: Syntax<Self> = Syntax {
        verb: "echo",
        about: "an echo server: every path gives back every message",
        operand: None,
        flags: &FLAGS,
        keep: None,
        notes: "\
SIGINT and SIGTERM stop it: WebSockets are closed with 1001, and cut off if that takes too long.
",
    };

    fn run(self) -> Result<(), Failure> {
        let cannot = |error: io::Error| Failure::run("cannot serve", &error);
        let tls = self.certificate.tls()?;
        // There is no bound on its connections; fewer than may be opening at once are too few.
        descriptors::raise(HANDSHAKES_MAX.into());
        runtime()?.block_on(async {
            let listening = Listener::bind(&Listen::Tcp(self.listen)).await;
            let listener = listening.map_err(|error| {
                Failure::run(format!("cannot listen on {}", self.listen), &error)
            })?;
            let address = listener.place().clone();
            // Before anybody is told: what cannot serve does not listen.
            let crew = Crew::start(&self, tls).map_err(cannot)?;
            let stops = Stops::listen().map_err(cannot)?;
            print(&format!("listening on {address}\n"))?;
            let slots = Slots::new(u32::MAX, HANDSHAKES_MAX);
            let door = Door::new(listener, slots.clone(), report);
            tokio::select! {
                () = stops.times(1) => {}
                ended = crew.serve(door) => ended.map_err(cannot)?,
            }
            tokio::select! {
                stopped = crew.stop(&slots) => {
                    let words = cut_off(stopped.map_err(cannot)?);
                    words.iter().for_each(complain);
                }
                () = stops.times(2) => {}
            }
            Ok(())
        })
    }
}

fn parse_deflate(value: &str) -> Result<DeflatePolicy, &'static str> {
    match value {
        "takeover" => Ok(DeflatePolicy::takeover()),
        "no-takeover" => Ok(DeflatePolicy::no_takeover()),
        _ => Err("be takeover or no-takeover"),
    }
}

/// Who serves the connections.
#[derive(Debug)]
struct Crew {
    service: Arc<Service>,
    /// None where one thread does everything.
    workers: Vec<Worker>,
}

impl Crew {
    fn start(echo: &Echo, tls: Option<ServerTls>) -> io::Result<Self> {
        let service = Arc::new(Service::new(echo, tls));
        let workers = match echo.threads.get() {
            1 => Vec::new(),
            threads => (0..threads)
                .map(|number| start_worker(number, Arc::clone(&service)))
                .collect::<io::Result<_>>()?,
        };
        Ok(Self { service, workers })
    }

    async fn serve(&self, mut door: Door) -> io::Result<()> {
        let mut next = self.workers.iter().cycle();
        loop {
            let (arrival, opening) = door.next().await;
            match next.next() {
                None => start(&self.service, arrival, opening),
                // Each worker gets the same number.
                Some(worker) => worker.hand_over(arrival, opening).await?,
            }
        }
    }

    /// Says goodbye to everybody: how many connections did not end in time, and were cut off.
    async fn stop(self, slots: &Slots) -> io::Result<u32> {
        slots.give_up_openings();
        self.service.guests.say_goodbye();
        let cut_off = slots.drain(DRAIN_TIMEOUT).await;
        self.workers.into_iter().try_for_each(Worker::stop)?;
        Ok(cut_off)
    }
}

fn report(error: &io::Error) {
    let why = chain(error);
    complain(format_args!("cannot accept connections, trying on: {why}"));
}

fn start_worker(number: usize, service: Arc<Service>) -> io::Result<Worker> {
    Worker::start(format!("echo-{number}"), move |arrival, opening| {
        start(&service, arrival, opening);
    })
}

/// What all connections share.
#[derive(Debug)]
struct Service {
    tls: Option<ServerTls>,
    acceptor: Acceptor,
    guests: Arc<Guests>,
    lend: bool,
}

impl Service {
    fn new(echo: &Echo, tls: Option<ServerTls>) -> Self {
        let mut config = Config::default();
        config.message_len_max = echo.message_len_max;
        config.close_timeout = CLOSE_TIMEOUT;
        let acceptor = Acceptor::default()
            // It tells whoever talks to it nothing but what they said.
            .origins(Origins::any())
            .any_protocol()
            .deflate(echo.deflate)
            .config(Arc::new(config));
        Self {
            tls,
            acceptor,
            guests: Arc::default(),
            lend: echo.lend,
        }
    }

    /// TLS, if that is spoken here, and the opening handshake.
    async fn open(&self, socket: Socket) -> sockeye::Result<WebSocket> {
        let stream = socket.into_stream(self.tls.as_ref()).await?;
        self.acceptor.accept(stream).await
    }
}

/// Serves `arrival` in a task of its own.
fn start(service: &Arc<Service>, arrival: Arrival, opening: Opening) {
    tokio::spawn(serve(Arc::clone(service), arrival.socket, opening));
}

/// One connection from its opening to its end.
///
/// Opening takes ten times the memory of an open connection: a box of its own is gone then, and the
/// task is small from the beginning.
fn serve(
    service: Arc<Service>,
    socket: Socket,
    opening: Opening,
) -> impl Future<Output = ()> + Send {
    let lend = service.lend;
    let opening = Box::pin(open(service, socket, opening));
    async move {
        let Some((mut ws, _kept)) = opening.await else {
            return;
        };
        // Whatever ends the connection is its client's doing, and the client was told.
        let _ = if lend {
            echo_lent(&mut ws).await
        } else {
            echo(&mut ws).await
        };
    }
}

async fn open(
    service: Arc<Service>,
    socket: Socket,
    opening: Opening,
) -> Option<(WebSocket, Kept)> {
    // Whatever ends it is its client's doing, and the client was told.
    let (Ok(ws), slot) = opening.open(service.open(socket)).await? else {
        return None;
    };
    let entry = service.guests.enter(&ws);
    Some((ws, (entry, slot)))
}

/// What an open connection holds until it ends: its entry among the guests, and its slot.
type Kept = (Entry, Slot);

async fn echo(ws: &mut WebSocket) -> sockeye::Result<()> {
    while let Some(message) = ws.recv().await? {
        let sent = ws.send(message).await;
        // Closing, it gives back nothing more, and receives to the end.
        if sent.as_ref().is_err_and(|error| !error.is_closed()) {
            return sent;
        }
    }
    Ok(())
}

async fn echo_lent(ws: &mut WebSocket) -> sockeye::Result<()> {
    loop {
        let mut outcome = Ok(());
        let received = ws.recv_with(|message, replies| {
            if outcome.is_ok() {
                outcome = replies.echo(message);
            }
        });
        if received.await?.is_none() {
            return Ok(());
        }
        if outcome.as_ref().is_err_and(|error| !error.is_closed()) {
            return outcome;
        }
    }
}

#[cfg(test)]
mod tests;
