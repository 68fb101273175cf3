//! What fires at a socket, as lines of text: the event, the ready state that its listener sees, and
//! what it carries.

use sockeye::web::{DomException, Event, EventKind, Options, Protocols, WebSocket};
use tokio::sync::mpsc;

use crate::server::soon;

/// The lines of one socket.
pub(crate) struct Journal {
    lines: mpsc::UnboundedReceiver<String>,
}

/// The events that there are.
pub(crate) const KINDS: [EventKind; 4] = [
    EventKind::Open,
    EventKind::Message,
    EventKind::Error,
    EventKind::Close,
];

/// A socket, and what fires at it.
pub(crate) fn open(url: &str) -> (WebSocket, Journal) {
    open_with(&Options::new(), url, ()).unwrap()
}

/// The same with options and subprotocols.
pub(crate) fn open_with(
    options: &Options,
    url: &str,
    protocols: impl Into<Protocols>,
) -> Result<(WebSocket, Journal), DomException> {
    let (said, lines) = mpsc::unbounded_channel();
    let socket = WebSocket::with(options, url, protocols, |socket| {
        for kind in KINDS {
            let said = said.clone();
            socket.add_listener(kind, move |socket, event| {
                said.send(line(socket, event)).unwrap();
            });
        }
    })?;
    Ok((socket, Journal { lines }))
}

/// An event in words.
pub(crate) fn line(socket: &WebSocket, event: &Event) -> String {
    let what = match event {
        Event::Message(message) => match message.data().as_text() {
            Some(text) => format!(" {text:?}"),
            None => format!(" {:?}", message.data().as_bytes()),
        },
        Event::Close(close) => {
            let clean = if close.was_clean {
                "clean"
            } else {
                "not clean"
            };
            format!(" {} {:?} {clean}", close.code, close.reason)
        }
        _ => String::new(),
    };
    format!(
        "{} in {}{what}",
        event.kind().as_str(),
        socket.ready_state()
    )
}

impl Journal {
    /// The next line.
    pub(crate) async fn next(&mut self) -> String {
        soon(self.lines.recv()).await.expect("an event is to fire")
    }

    /// All lines up to `close`, and whatever comes after it until the listeners are gone.
    pub(crate) async fn until_over(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(line) = soon(self.lines.recv()).await {
            lines.push(line);
        }
        lines
    }

    /// Whether nothing fired that was not looked at.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}
