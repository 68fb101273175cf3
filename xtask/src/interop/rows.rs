//! The table: which peer is tried in which direction with which compression.

use std::fmt;

use crate::interop::wire::{Compression, Ours};

/// Other people's software.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Peer {
    Chromium,
    PythonWebsockets,
    Tornado,
    Undici,
    Ws,
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
    pub(crate) deflate: Deflate,
}

const fn server(peer: Peer, deflate: Deflate) -> Row {
    Row {
        ours: Ours::Server,
        peer,
        deflate,
    }
}

const fn client(peer: Peer, deflate: Deflate) -> Row {
    Row {
        ours: Ours::Client,
        peer,
        deflate,
    }
}

/// Clients always offer compression, as they do out of the box, and our server decides. Our client
/// offers it when asked, and then to keep the windows: a server may still say that it does not.
pub(crate) const ROWS: [Row; 24] = [
    server(Peer::Ws, Deflate::OnlyTheirs),
    server(Peer::Ws, Deflate::Takeover),
    server(Peer::Ws, Deflate::NoTakeover),
    server(Peer::Undici, Deflate::OnlyTheirs),
    server(Peer::Undici, Deflate::Takeover),
    server(Peer::Undici, Deflate::NoTakeover),
    server(Peer::PythonWebsockets, Deflate::OnlyTheirs),
    server(Peer::PythonWebsockets, Deflate::Takeover),
    server(Peer::PythonWebsockets, Deflate::NoTakeover),
    server(Peer::Chromium, Deflate::OnlyTheirs),
    server(Peer::Chromium, Deflate::Takeover),
    server(Peer::Chromium, Deflate::NoTakeover),
    client(Peer::Ws, Deflate::Off),
    client(Peer::Ws, Deflate::OnlyOurs),
    client(Peer::Ws, Deflate::OnlyTheirs),
    client(Peer::Ws, Deflate::Takeover),
    client(Peer::PythonWebsockets, Deflate::Off),
    client(Peer::PythonWebsockets, Deflate::OnlyOurs),
    client(Peer::PythonWebsockets, Deflate::OnlyTheirs),
    client(Peer::PythonWebsockets, Deflate::Takeover),
    client(Peer::Tornado, Deflate::Off),
    client(Peer::Tornado, Deflate::OnlyOurs),
    client(Peer::Tornado, Deflate::OnlyTheirs),
    client(Peer::Tornado, Deflate::Takeover),
];

impl Deflate {
    /// Whether our side is willing.
    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Self::OnlyOurs | Self::Takeover | Self::NoTakeover)
    }

    /// Whether the other side is willing.
    pub(crate) fn is_theirs(self) -> bool {
        matches!(self, Self::OnlyTheirs | Self::Takeover | Self::NoTakeover)
    }

    /// What must come of it on the wire.
    pub(crate) fn agreed(self) -> Compression {
        match self {
            Self::Off | Self::OnlyOurs | Self::OnlyTheirs => Compression::Off,
            Self::Takeover => Compression::On,
            Self::NoTakeover => Compression::OnWithoutTakeover,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ours = match self.ours {
            Ours::Client => "our client",
            Ours::Server => "our server",
        };
        let peer = match self.peer {
            Peer::Chromium => "chromium",
            Peer::PythonWebsockets => "python-websockets",
            Peer::Tornado => "tornado",
            Peer::Undici => "undici",
            Peer::Ws => "ws",
        };
        let deflate = match self.deflate {
            Deflate::Off => "off",
            Deflate::OnlyOurs => "only ours",
            Deflate::OnlyTheirs => "only theirs",
            Deflate::Takeover => "takeover",
            Deflate::NoTakeover => "no-takeover",
        };
        write!(formatter, "{ours}  {peer:<18} {deflate:<12}")
    }
}
