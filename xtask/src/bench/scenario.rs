//! The scenarios that differ only in what is sent: the rows of the table.

/// How a scenario's messages are wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// permessage-deflate, every message by itself.
    DeflateNoTakeover,
    /// permessage-deflate with a window that goes on.
    DeflateTakeover,
    /// Frames.
    Plain,
    /// Only the payload, over the bare connection.
    Raw,
}

impl Framing {
    /// The generator's word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::DeflateNoTakeover => "no-takeover",
            Self::DeflateTakeover => "takeover",
            Self::Plain => "plain",
            Self::Raw => "raw",
        }
    }

    /// Whether messages are compressed.
    pub(crate) fn deflates(self) -> bool {
        matches!(self, Self::DeflateNoTakeover | Self::DeflateTakeover)
    }
}

/// What a row of the table sends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) connections: usize,
    pub(crate) depth: usize,
    pub(crate) size: usize,
    /// The generator's word for what the payload holds.
    pub(crate) content: &'static str,
    pub(crate) fragments: usize,
    /// How WebSocket servers get it; raw echoes get the same payloads bare.
    pub(crate) framing: Framing,
    /// Whether all of them speak TLS.
    pub(crate) tls: bool,
}

const KIB: usize = 1024;

/// 64 B, one in flight: what every other row varies.
const SMALL: Scenario = Scenario {
    name: "s2",
    connections: 100,
    depth: 1,
    size: 64,
    content: "binary",
    fragments: 1,
    framing: Framing::Plain,
    tls: false,
};

/// 64 B of text, sixteen in flight.
const BATCHED: Scenario = Scenario {
    name: "s3",
    depth: 16,
    content: "ascii",
    ..SMALL
};

/// 1 KiB of text, eight in flight.
const TEXT: Scenario = Scenario {
    name: "s6",
    depth: 8,
    size: KIB,
    content: "ascii",
    ..SMALL
};

/// 1 KiB of JSON, compressed.
const JSON: Scenario = Scenario {
    name: "deflate",
    size: KIB,
    content: "json",
    framing: Framing::DeflateNoTakeover,
    ..SMALL
};

/// The rows, in the table's order.
pub(crate) const ROWS: [Scenario; 10] = [
    SMALL,
    BATCHED,
    Scenario {
        name: "s4",
        size: 16 * KIB,
        ..SMALL
    },
    Scenario {
        name: "s5",
        connections: 10,
        size: KIB * KIB,
        ..SMALL
    },
    TEXT,
    Scenario {
        name: "s6u",
        content: "multi-byte",
        ..TEXT
    },
    Scenario {
        name: "s6f",
        fragments: 4,
        ..TEXT
    },
    JSON,
    Scenario {
        name: "deflate-takeover",
        framing: Framing::DeflateTakeover,
        ..JSON
    },
    Scenario {
        name: "tls",
        tls: true,
        ..BATCHED
    },
];

impl Scenario {
    /// The row of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        ROWS.into_iter().find(|row| row.name == name)
    }

    /// The small-message row with another name and number of connections.
    pub(crate) fn with_connections(name: &'static str, connections: usize) -> Self {
        Self {
            name,
            connections,
            ..SMALL
        }
    }

    /// What it sends, in words.
    pub(crate) fn describe(&self) -> String {
        let fragments = match self.fragments {
            1 => String::new(),
            count => format!(" in {count} fragments"),
        };
        let framing = match self.framing {
            Framing::Plain | Framing::Raw => "",
            Framing::DeflateNoTakeover => ", permessage-deflate level 6 without takeover",
            Framing::DeflateTakeover => ", permessage-deflate level 6 with takeover",
        };
        let tls = if self.tls { ", TLS 1.3" } else { "" };
        let Self {
            connections,
            depth,
            size,
            content,
            ..
        } = self;
        format!(
            "{connections} connections, {size} B {content}{fragments}, \
             {depth} in flight{framing}{tls}"
        )
    }

    /// The generator's arguments for a server that takes `framing`.
    pub(crate) fn load_arguments(&self, framing: Framing) -> Vec<String> {
        // Raw bytes have no frames to be split into.
        let fragments = if framing == Framing::Raw {
            1
        } else {
            self.fragments
        };
        [
            ("--framing", framing.word().to_owned()),
            ("--content", self.content.to_owned()),
            ("--connections", self.connections.to_string()),
            ("--depth", self.depth.to_string()),
            ("--size", self.size.to_string()),
            ("--fragments", fragments.to_string()),
        ]
        .into_iter()
        .flat_map(|(flag, value)| [flag.to_owned(), value])
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Framing, Scenario};

    #[test]
    fn raw_echoes_get_the_same_bytes_in_one_piece() {
        let row = Scenario::named("s6f").unwrap();
        let plain = row.load_arguments(Framing::Plain).join(" ");
        let raw = row.load_arguments(Framing::Raw).join(" ");
        assert!(plain.ends_with("--size 1024 --fragments 4"), "{plain}");
        assert!(raw.ends_with("--size 1024 --fragments 1"), "{raw}");
    }

    #[test]
    fn a_row_describes_itself() {
        assert_eq!(
            Scenario::named("s6f").unwrap().describe(),
            "100 connections, 1024 B ascii in 4 fragments, 8 in flight"
        );
        assert_eq!(
            Scenario::named("tls").unwrap().describe(),
            "100 connections, 64 B ascii, 16 in flight, TLS 1.3"
        );
    }
}
