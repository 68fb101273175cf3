//! What all connections of the server share: its routes, its terms and its bounds. Owns how the
//! options become these.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;
use sockeye::{Acceptor, Config, DeflatePolicy, Keepalive, Origins, QueueMarks, ServerTls};

use crate::options::{Options, WebSockets};
use crate::routes::Route;

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) routes: &'static [Route],
    /// What makes TCP connections speak TLS.
    pub(crate) tls: Option<ServerTls>,
    /// Terms of WebSockets that give nothing to cookies.
    pub(crate) for_anyone: Acceptor,
    pub(crate) queue_marks: QueueMarks,
    pub(crate) http: http1::Builder,
    pub(crate) http_timeout: Duration,
}

impl Site {
    /// # Errors
    /// If the options contradict each other.
    pub(crate) fn new(options: &Options, routes: &'static [Route]) -> io::Result<Self> {
        let limits = &options.limits;
        let mut http = http1::Builder::new();
        // The number of fields stays hyper's own, as `limits::HEADERS_MAX` says.
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.head_timeout)
            .max_header_size(limits.head_len_max)
            .max_buf_size(limits.head_len_max);
        let high = options.websocket.queue_len_max;
        let marks = QueueMarks::new(high / 4, high);
        let tls = options.tls.clone();
        Ok(Self {
            routes,
            tls: tls.map(|tls| tls.timeout(limits.tls_timeout)),
            for_anyone: acceptor(&options.websocket).origins(Origins::any()),
            queue_marks: marks.map_err(io::Error::other)?,
            http,
            http_timeout: limits.http_timeout,
        })
    }
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
    Acceptor::default()
        .any_protocol()
        .config(Arc::new(config))
        .deflate(options.compress.then(DeflatePolicy::no_takeover))
}
