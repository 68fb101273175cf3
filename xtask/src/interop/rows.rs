//! The table: which peer is tried in which direction, over which transport, with which compression.

use std::fmt;

use crate::interop::wire::{Compression, Ours};

/// Other people's software.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Peer {
    Chromium,
    EmWebsocket,
    Firefox,
    Jetty,
    Libwebsockets,
    PythonWebsockets,
    Pywebsocket3,
    Tornado,
    Undici,
    Ws,
}

/// What a connection runs over.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Transport {
    /// TCP, with a proxy between that reads along.
    Plain,
    /// TLS, where only the two peers see what is said.
    Tls,
}

/// What each side is willing to do about compression.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Deflate {
    /// Neither our side nor, where it can be told so, the other offers or accepts it.
    Off,
    /// Our side is willing, the other is not.
    OnlyOurs,
    /// The other side is willing, ours is not.
    OnlyTheirs,
    /// Both are, and keep their windows if they agree on that.
    Takeover,
    /// Both are, and ours keeps no window.
    NoTakeover,
}

/// One row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) ours: Ours,
    pub(crate) peer: Peer,
    pub(crate) transport: Transport,
    pub(crate) deflate: Deflate,
}

/// The clients that our server is tried with.
const CLIENTS: [Peer; 8] = [
    Peer::Ws,
    Peer::Undici,
    Peer::PythonWebsockets,
    Peer::Tornado,
    Peer::Jetty,
    Peer::Libwebsockets,
    Peer::Chromium,
    Peer::Firefox,
];

/// The servers that our client is tried with.
const SERVERS: [Peer; 7] = [
    Peer::Ws,
    Peer::PythonWebsockets,
    Peer::Tornado,
    Peer::Pywebsocket3,
    Peer::Jetty,
    Peer::Libwebsockets,
    Peer::EmWebsocket,
];

/// Clients always offer compression, as they do out of the box, and our server decides.
const WITH_CLIENTS: [Deflate; 3] = [Deflate::OnlyTheirs, Deflate::Takeover, Deflate::NoTakeover];

/// Our client offers compression when asked; the server may decline, or not keep its window.
const WITH_SERVERS: [Deflate; 5] = [
    Deflate::Off,
    Deflate::OnlyOurs,
    Deflate::OnlyTheirs,
    Deflate::Takeover,
    Deflate::NoTakeover,
];

/// What TLS carries is the same bytes: who declines whose offer need not be asked again, which
/// `docs/interop.md` says as well.
const WITH_SERVERS_TLS: [Deflate; 3] = [Deflate::Off, Deflate::Takeover, Deflate::NoTakeover];

/// All rows, in the order in which they run.
pub(crate) fn all() -> Vec<Row> {
    let mut rows = Vec::new();
    for (ours, peers) in [(Ours::Server, &CLIENTS[..]), (Ours::Client, &SERVERS[..])] {
        for peer in peers {
            for transport in [Transport::Plain, Transport::Tls] {
                rows.extend(peer.deflates(ours, transport).map(|deflate| Row {
                    ours,
                    peer: *peer,
                    transport,
                    deflate,
                }));
            }
        }
    }
    rows
}

impl Peer {
    /// What the peer is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::EmWebsocket => "em-websocket",
            Self::Firefox => "firefox",
            Self::Jetty => "jetty",
            Self::Libwebsockets => "libwebsockets",
            Self::PythonWebsockets => "python-websockets",
            Self::Pywebsocket3 => "pywebsocket3",
            Self::Tornado => "tornado",
            Self::Undici => "undici",
            Self::Ws => "ws",
        }
    }

    /// Whether the peer's server can be told to refuse an opening handshake.
    pub(crate) fn can_refuse(self) -> bool {
        self != Self::EmWebsocket
    }

    /// The ways of compressing that are tried with the peer.
    fn deflates(self, ours: Ours, transport: Transport) -> impl Iterator<Item = Deflate> {
        let all: &[Deflate] = match (ours, transport) {
            (Ours::Server, _) => &WITH_CLIENTS,
            (Ours::Client, Transport::Plain) => &WITH_SERVERS,
            (Ours::Client, Transport::Tls) => &WITH_SERVERS_TLS,
        };
        let can = move |deflate: &Deflate| match self {
            // It shows a page the names of the extensions only, so inside TLS nobody could tell.
            Self::Firefox => transport == Transport::Plain || *deflate != Deflate::NoTakeover,
            Self::EmWebsocket => !deflate.is_theirs(),
            // Its server ends with a failed assertion when it keeps its window and compresses an
            // empty message behind another one; python's websockets finds the same.
            Self::Libwebsockets => ours == Ours::Server || *deflate != Deflate::Takeover,
            // Tornado 6.6.1 does not read parameters that have no value: as a server it agrees
            // without them, which our client must refuse; as a client it keeps the window that it
            // agreed to forget. pywebsocket3 4.0.2 declines what has client_no_context_takeover.
            Self::Pywebsocket3 | Self::Tornado => *deflate != Deflate::NoTakeover,
            _ => true,
        };
        all.iter().copied().filter(can)
    }
}

impl Deflate {
    /// Whether the other side is willing.
    pub(crate) fn is_theirs(self) -> bool {
        matches!(self, Self::OnlyTheirs | Self::Takeover | Self::NoTakeover)
    }

    /// What our programs call it, where our side is willing.
    pub(crate) fn kind(self) -> Option<&'static str> {
        match self {
            Self::Off | Self::OnlyTheirs => None,
            Self::OnlyOurs | Self::Takeover => Some("takeover"),
            Self::NoTakeover => Some("no-takeover"),
        }
    }

    /// What must come of it on the wire.
    pub(crate) fn agreed(self) -> Compression {
        match self {
            Self::Off | Self::OnlyOurs | Self::OnlyTheirs => Compression::Off,
            Self::Takeover => Compression::On,
            Self::NoTakeover => Compression::OnWithoutTakeover,
        }
    }

    /// How the table says it.
    fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::OnlyOurs => "only ours",
            Self::OnlyTheirs => "only theirs",
            Self::Takeover => "takeover",
            Self::NoTakeover => "no-takeover",
        }
    }
}

impl Row {
    /// What the peer's client can tell of what must be agreed on: Firefox shows a page the names of
    /// the extensions without their parameters.
    pub(crate) fn seen_by_peer(self) -> Compression {
        match (self.peer, self.deflate.agreed()) {
            (Peer::Firefox, Compression::OnWithoutTakeover) => Compression::On,
            (_, agreed) => agreed,
        }
    }

    /// What names the row: the peer, which side is ours, the transport, the compression.
    pub(crate) fn names(self) -> [&'static str; 4] {
        let ours = match self.ours {
            Ours::Client => "our client",
            Ours::Server => "our server",
        };
        let transport = match self.transport {
            Transport::Plain => "plain",
            Transport::Tls => "TLS",
        };
        [self.peer.name(), ours, transport, self.deflate.name()]
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [peer, ours, transport, deflate] = self.names();
        write!(formatter, "{ours}  {peer:<18} {transport:<6} {deflate:<12}")
    }
}
