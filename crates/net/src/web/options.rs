//! What a browser knows of the page, and a Rust program has to say: its address, its origin, how
//! servers are reached. Owns the defaults of a socket. Opens nothing by itself.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use sockeye_proto::handshake::UrlFault;
use url::Url;

use super::dial::Dial;
use super::machine::Settings;
use super::quote::unquoted;
use crate::client::Client;
use crate::error::Result;

/// Who hears why a connection failed.
pub(super) type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// How sockets are opened, for as many of them as you like. See
/// [`WebSocket::new`](super::WebSocket::new) for the defaults.
#[derive(Clone, Default)]
pub struct Options {
    pub(super) settings: Settings,
    pub(super) dial: Dial,
    pub(super) log: Option<Log>,
}

impl Options {
    /// The defaults: no page, so no base for relative URLs; the origin is the server's own, as if
    /// the page came from there.
    pub fn new() -> Self {
        Self::default()
    }

    /// The address of the page: URLs may be relative to it, and its origin is the sockets', unless
    /// [`origin`](Self::origin) says another after it. If it is `https`, connections in the clear
    /// fail, but for those to this machine.
    ///
    /// # Errors
    /// [`is_misuse`](crate::Error::is_misuse) for what is no `http`, `https`, `ws` or `wss` URL.
    pub fn base(mut self, url: &str) -> Result<Self> {
        let base = Url::parse(url).ok().filter(|base| {
            let schemes = ["http", "https", "ws", "wss"];
            schemes.contains(&base.scheme())
        });
        let url = unquoted(url);
        let base = base.ok_or(UrlFault::Scheme { url })?;
        self = self.origin(&base.origin().ascii_serialization())?;
        self.settings.base = Some(base);
        Ok(self)
    }

    /// The origin that servers are told, as browsers write it: `https://example.com`, or `null`.
    ///
    /// # Errors
    /// [`is_misuse`](crate::Error::is_misuse) for what is no origin of that form.
    pub fn origin(mut self, origin: &str) -> Result<Self> {
        // Checked here, by who will send it, and not when it is too late to say so.
        Client::new("ws://localhost/")?.origin(origin)?;
        self.settings.origin = Some(origin.to_owned());
        Ok(self)
    }

    /// Has the constructor refuse with `SecurityError` what a page may not open, as older browsers
    /// do; otherwise such a connection fails with events.
    #[must_use]
    pub fn throw_security_errors(mut self, throws: bool) -> Self {
        self.settings.throws_security_errors = throws;
        self
    }

    /// Most bytes of application data that may wait to be transmitted; with more the connection is
    /// given up. Default [`WEB_UNSENT_LEN_MAX`](crate::limits::WEB_UNSENT_LEN_MAX).
    #[must_use]
    pub fn unsent_len_max(mut self, len_max: u64) -> Self {
        self.settings.unsent_len_max = len_max;
        self
    }

    /// Connects to `place` for URLs with this host and port, as [`Dial::resolve`].
    #[must_use]
    pub fn resolve(mut self, host: &str, port: u16, place: SocketAddr) -> Self {
        self.dial = self.dial.resolve(host, port, place);
        self
    }

    /// Changes each [`Client`] before it connects: whom TLS trusts, limits, timeouts, headers,
    /// cookies. One that is given a [`config`](Client::config) also sends the Pings that it says;
    /// none does otherwise.
    ///
    /// ```
    /// use sockeye::web::Options;
    /// let options = Options::new().client(|client| client.cookie("session", "abc"));
    /// ```
    #[must_use]
    pub fn client(
        mut self,
        adjust: impl Fn(Client) -> Result<Client> + Send + Sync + 'static,
    ) -> Self {
        self.dial = self.dial.adjust(adjust);
        self
    }

    /// What they come to, for event loops of others: what a [`Machine`](super::Machine) and a
    /// [`Network`](super::Network) are made with. Who hears the log is theirs to say.
    pub fn into_parts(self) -> (Settings, Dial) {
        (self.settings, self.dial)
    }

    /// Hears in words why a connection failed, which no event says: what a browser writes to its
    /// console. It is called by the socket's task, before the event fires.
    #[must_use]
    pub fn on_log(mut self, log: impl Fn(&str) + Send + Sync + 'static) -> Self {
        self.log = Some(Arc::new(log));
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Options")
            .field("settings", &self.settings)
            .field("dial", &self.dial)
            .finish_non_exhaustive()
    }
}
