//! What all connections of the server share: its routes, its terms and its bounds. Owns how the
//! options become these.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use sockeye::{Acceptor, Config, DeflatePolicy, Keepalive, Origins, QueueMarks, ServerTls};

use crate::auth::Auth;
use crate::chat;
use crate::faults::Faults;
use crate::frames::Frames;
use crate::guests::Guests;
use crate::limits::HTTP2_STREAMS_MAX;
use crate::members::Members;
use crate::metrics::Readers;
use crate::options::{Base, Limits, Options, Origin, Proxy, WebSockets};
use crate::routes::{self, Route};
use crate::stats::Stats;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) routes: Vec<Route>,
    /// What stands before their addresses.
    pub(crate) base: Base,
    /// What makes TCP connections speak TLS.
    pub(crate) tls: Option<ServerTls>,
    pub(crate) guests: Guests,
    pub(crate) members: Members,
    pub(crate) proxy: Proxy,
    pub(crate) auth: Option<Arc<Auth>>,
    pub(crate) frames: Arc<Frames>,
    /// Terms of WebSockets that give nothing to cookies.
    pub(crate) for_anyone: Acceptor,
    /// Terms of all others.
    pub(crate) for_members: Acceptor,
    /// Of WebSockets, in bytes.
    pub(crate) message_len_max: usize,
    pub(crate) queue_marks: QueueMarks,
    pub(crate) http1: http1::Builder,
    pub(crate) http2: http2::Builder<TokioExecutor>,
    pub(crate) http_timeout: Duration,
    /// Who may read the numbers.
    pub(crate) readers: Readers,
    pub(crate) stats: Arc<Stats>,
}

impl Site {
    /// # Errors
    /// For each file that the options name and that is not what it should be, and whatever else is
    /// wrong with them.
    pub(crate) fn new(
        options: &Options,
        routes: &'static [Route],
        stats: Arc<Stats>,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::default();
        // All of them before one that is missing counts.
        let routes = faults.take(routes::placed(routes, &options.applications));
        let origins = faults.take(origins(&options.origins.allowed));
        let auth = faults.take(Auth::new(&options.auth));
        let frames = faults.take(Frames::new(options));
        let readers = faults.take(Readers::new(options.metrics.token_file.as_deref()));
        let queue_marks = faults.take(queue_marks(&options.websocket));
        let (
            Some(routes),
            Some(origins),
            Some(auth),
            Some(frames),
            Some(readers),
            Some(queue_marks),
        ) = (routes, origins, auth, frames, readers, queue_marks)
        else {
            return Err(faults);
        };
        let limits = &options.limits;
        let acceptor = acceptor(&options.websocket);
        let (per_address, rate) = (
            limits.connections_per_address_max,
            limits.handshakes_per_second_max,
        );
        let tls = options.tls.clone();
        Ok(Self {
            routes,
            base: options.base.clone(),
            tls: tls.map(|tls| tls.timeout(limits.tls_timeout).with_http2()),
            guests: Guests::new(per_address, rate),
            members: Members::new(limits.connections_per_user_max),
            proxy: options.proxy.clone(),
            auth: auth.map(Arc::new),
            frames,
            for_anyone: acceptor.clone().origins(Origins::any()),
            for_members: acceptor.origins(origins),
            message_len_max: options.websocket.message_len_max,
            queue_marks,
            http1: http1(limits),
            http2: http2(limits),
            http_timeout: limits.http_timeout,
            readers,
            stats,
        })
    }

    /// The site where whoever can connect may read the numbers, and nothing else is there.
    pub(crate) fn of_metrics(
        options: &Options,
        routes: &'static [Route],
        stats: Arc<Stats>,
    ) -> Result<Self, Faults> {
        let own = Options {
            base: options.base.clone(),
            limits: options.limits.clone(),
            proxy: options.proxy.clone(),
            ..Options::default()
        };
        let readers = Readers::Anyone;
        Self::new(&own, routes, stats).map(|site| Self { readers, ..site })
    }
}

fn origins(allowed: &[Origin]) -> io::Result<Origins> {
    let mut origins = Origins::same_host();
    for origin in allowed {
        origins = origins.and(origin.as_str()).map_err(io::Error::other)?;
    }
    Ok(origins)
}

/// Whoever sends waits above the higher mark, until the queue is at the lower one.
fn queue_marks(options: &WebSockets) -> io::Result<QueueMarks> {
    let high = options.queue_len_max;
    QueueMarks::new(high / 4, high).map_err(io::Error::other)
}

fn http1(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    // The number of fields stays hyper's own, as `limits::HEADERS_MAX` says.
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_timeout)
        .max_header_size(limits.head_len_max)
        .max_buf_size(limits.head_len_max);
    http
}

fn http2(limits: &Limits) -> http2::Builder<TokioExecutor> {
    let mut http = http2::Builder::new(TokioExecutor::new());
    let head_len_max = u32::try_from(limits.head_len_max).unwrap_or(u32::MAX);
    http.timer(TokioTimer::new())
        .max_concurrent_streams(HTTP2_STREAMS_MAX)
        .max_header_list_size(head_len_max)
        .max_send_buf_size(limits.head_len_max)
        // A client that went away without a word is noticed as fast as in HTTP/1.1.
        .keep_alive_interval(limits.head_timeout)
        .keep_alive_timeout(limits.head_timeout);
    http
}

fn acceptor(options: &WebSockets) -> Acceptor {
    let mut config = Config::default();
    config.message_len_max = options.message_len_max;
    config.keepalive = Some(Keepalive {
        interval: options.ping_interval,
        timeout: options.pong_timeout,
    });
    config.close_timeout = options.close_timeout;
    config.deflate.len_min = options.compress_len_min;
    config.deflate.level = u8::try_from(options.compress_level).unwrap_or(u8::MAX);
    Acceptor::default()
        .choose_protocol(|request| chat::choose_subprotocol(request.protocols()))
        .config(Arc::new(config))
        .deflate(options.compress.then(DeflatePolicy::no_takeover))
}
