//! What the server can be told, as plain data. Owns the defaults, which come from `limits`; where a
//! value may come from, its range and its words are in `settings`.

mod chats;
mod hub;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use sockeye::ServerTls;

use crate::limits;

pub use crate::network::{Network, Trust};
pub use crate::placement::Placement;
pub use crate::words::{
    AppName, Base, Farewell, ForwardedBy, Listen, LogFormat, LogLevel, Origin, SlowReaders,
    Threads, Unreadable,
};
pub use chats::Chats;
pub use hub::HubOptions;

/// What a server can be told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Where to listen, at one place or several. Default `127.0.0.1:8080`; port 0 takes any that is
    /// free.
    pub listen: Vec<Listen>,
    /// Worker threads. Default: one for each core that this process may use.
    pub threads: Threads,
    /// The certificate chain (PEM) of a server that speaks TLS. Default: none.
    pub cert: Option<PathBuf>,
    /// The private key (PEM) of that certificate.
    pub key: Option<PathBuf>,
    /// What makes it speak TLS on its TCP sockets. Default: plain.
    pub tls: Option<ServerTls>,
    /// Bounds on connections and on HTTP.
    pub limits: Limits,
    /// What stands before all of its addresses. Default: nothing.
    pub base: Base,
    /// Which applications stand at addresses of others, or at new ones. Default: none.
    pub applications: Vec<Placement>,
    /// Which pages may open WebSockets.
    pub origins: OriginOptions,
    /// Who may say whom he speaks for.
    pub proxy: Proxy,
    /// Who is somebody.
    pub auth: AuthOptions,
    /// Where numbers can be read.
    pub metrics: Metrics,
    /// What the frame view shows, and to whom.
    pub frames: FrameOptions,
    /// What WebSockets are like.
    pub websocket: WebSockets,
    /// Where channels are kept.
    pub engine: EngineChoice,
    /// What the chats are like.
    pub chat: Chats,
    /// The bounds that hold for all chats.
    pub hub: HubOptions,
    /// How it ends.
    pub drain: Drain,
    /// What the log has. The server only says it: whoever runs it writes.
    pub log: Log,
}

/// Bounds on connections and on HTTP.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Default [`limits::CONNECTIONS_MAX`].
    pub connections_max: u32,
    /// Default [`limits::CONNECTIONS_PER_ADDRESS_MAX`].
    pub connections_per_address_max: u32,
    /// Default [`limits::CONNECTIONS_PER_USER_MAX`].
    pub connections_per_user_max: u32,
    /// Default [`limits::HANDSHAKES_PER_SECOND_MAX`].
    pub handshakes_per_second_max: u32,
    /// Default [`limits::HEAD_LEN_MAX`].
    pub head_len_max: usize,
    /// Default [`limits::HEAD_TIMEOUT`].
    pub head_timeout: Duration,
    /// Default [`limits::HTTP_TIMEOUT`].
    pub http_timeout: Duration,
    /// Default [`sockeye::limits::OPEN_TIMEOUT`].
    pub tls_timeout: Duration,
}

/// What WebSockets are like.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WebSockets {
    /// Default [`limits::MESSAGE_LEN_MAX`].
    pub message_len_max: usize,
    /// Default [`sockeye::limits::QUEUE_LEN_HIGH`].
    pub queue_len_max: usize,
    /// Default [`limits::PING_INTERVAL`].
    pub ping_interval: Duration,
    /// Default [`limits::PONG_TIMEOUT`].
    pub pong_timeout: Duration,
    /// Default [`limits::CLOSE_TIMEOUT`].
    pub close_timeout: Duration,
    /// Whether permessage-deflate is agreed to, always without context takeover. Default: yes.
    pub compress: bool,
    /// From 0, which is none, to 9, which is smallest. Default [`limits::COMPRESS_LEVEL`].
    pub compress_level: u32,
    /// Default [`limits::COMPRESS_LEN_MIN`].
    pub compress_len_min: usize,
}

/// Where channels are kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EngineChoice {
    /// The engine's URL, for [`engine::open`](crate::engine::open). Default: `memory:`.
    pub url: String,
}

impl Default for EngineChoice {
    fn default() -> Self {
        Self {
            url: "memory:".to_owned(),
        }
    }
}

/// How the server ends when it is told to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Drain {
    /// Default [`limits::DRAIN_DELAY`].
    pub delay: Duration,
    /// Default [`limits::DRAIN_SPREAD`].
    pub spread: Duration,
    /// Default [`limits::DRAIN_TIMEOUT`].
    pub timeout: Duration,
    /// What WebSockets are closed with. Default: 1001.
    pub close_code: Farewell,
}

/// What the log has, and how it looks.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Log {
    /// The least that is written. Default: info.
    pub level: LogLevel,
    /// For whom. Default: people.
    pub format: LogFormat,
}

/// Which pages may open WebSockets that are not for everybody.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct OriginOptions {
    /// Pages of other hosts than ours, by their origins. Default: none.
    pub allowed: Vec<Origin>,
}

/// Who may say whom he speaks for.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Proxy {
    /// Those who are believed. Default: nobody.
    pub trusted: Vec<Trust>,
    /// Where they write it. Default: `X-Forwarded-For`.
    pub header: ForwardedBy,
}

/// Who is somebody, by a signed token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AuthOptions {
    /// The secret of tokens signed with HS256.
    pub secret_file: Option<PathBuf>,
    /// Keys of tokens, as a JSON Web Key Set.
    pub jwks_file: Option<PathBuf>,
    /// Whose tokens are good. Default: everybody's who has the key.
    pub issuer: Option<String>,
    /// Who we are to tokens. Default: nobody; then those that are for somebody are refused.
    pub audience: Option<String>,
    /// The cookie that a token may stand in.
    pub cookie: String,
    /// How far clocks may be apart. Default [`limits::TOKEN_LEEWAY`].
    pub leeway: Duration,
    /// Whether those without a token are refused. Default: they are nobody.
    pub required: bool,
}

impl Default for AuthOptions {
    fn default() -> Self {
        Self {
            secret_file: None,
            jwks_file: None,
            issuer: None,
            audience: None,
            cookie: "sockeye_token".to_owned(),
            leeway: limits::TOKEN_LEEWAY,
            required: false,
        }
    }
}

/// Where numbers can be read.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Metrics {
    /// A place of their own, where whoever can connect may read them. Default: none.
    pub listen: Option<Listen>,
    /// The token with which they may be read at the public places. Default: they are not there.
    pub token_file: Option<PathBuf>,
}

/// What the frame view shows, and to whom.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FrameOptions {
    /// Browser sessions that are recorded at the same time; 0 for none, and no cookie. Default
    /// [`limits::FRAME_SESSIONS_MAX`].
    pub sessions_max: u32,
    /// The token with which everything may be seen. Default: nobody sees more than his own session.
    pub admin_token_file: Option<PathBuf>,
}

impl Default for FrameOptions {
    fn default() -> Self {
        Self {
            sessions_max: limits::FRAME_SESSIONS_MAX,
            admin_token_file: None,
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec![Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 8080)))],
            threads: Threads::Auto,
            cert: None,
            key: None,
            tls: None,
            limits: Limits::default(),
            base: Base::default(),
            applications: Vec::new(),
            origins: OriginOptions::default(),
            proxy: Proxy::default(),
            auth: AuthOptions::default(),
            metrics: Metrics::default(),
            frames: FrameOptions::default(),
            websocket: WebSockets::default(),
            engine: EngineChoice::default(),
            chat: Chats::default(),
            hub: HubOptions::default(),
            drain: Drain::default(),
            log: Log::default(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: limits::CONNECTIONS_MAX,
            connections_per_address_max: limits::CONNECTIONS_PER_ADDRESS_MAX,
            connections_per_user_max: limits::CONNECTIONS_PER_USER_MAX,
            handshakes_per_second_max: limits::HANDSHAKES_PER_SECOND_MAX,
            head_len_max: limits::HEAD_LEN_MAX,
            head_timeout: limits::HEAD_TIMEOUT,
            http_timeout: limits::HTTP_TIMEOUT,
            tls_timeout: sockeye::limits::OPEN_TIMEOUT,
        }
    }
}

impl Default for WebSockets {
    fn default() -> Self {
        Self {
            message_len_max: limits::MESSAGE_LEN_MAX,
            queue_len_max: sockeye::limits::QUEUE_LEN_HIGH,
            ping_interval: limits::PING_INTERVAL,
            pong_timeout: limits::PONG_TIMEOUT,
            close_timeout: limits::CLOSE_TIMEOUT,
            compress: true,
            compress_level: limits::COMPRESS_LEVEL,
            compress_len_min: limits::COMPRESS_LEN_MIN,
        }
    }
}

impl Default for Drain {
    fn default() -> Self {
        Self {
            delay: limits::DRAIN_DELAY,
            spread: limits::DRAIN_SPREAD,
            timeout: limits::DRAIN_TIMEOUT,
            close_code: Farewell::GoingAway,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a user gets who says nothing must be safe.
    #[test]
    fn defaults_trust_nobody_and_listen_to_this_machine_only() {
        let options = Options::default();
        let is_local = |listen: &Listen| match listen {
            Listen::Tcp(address) => address.ip().is_loopback(),
            Listen::Unix(_) => true,
        };
        assert!(options.listen.iter().all(is_local));
        assert!(options.proxy.trusted.is_empty() && options.origins.allowed.is_empty());
        assert!(options.metrics.listen.is_none() && options.metrics.token_file.is_none());
        assert!(options.frames.admin_token_file.is_none());
    }
}
