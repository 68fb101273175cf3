#![doc = include_str!("../README.md")]
// What the crate is, for whoever uses it, stands in `README.md` and nowhere else. This file
// declares the modules and says what is public of them; it defines nothing.

mod agreement;
mod broadcast;
mod client;
mod driver;
mod error;
#[cfg(feature = "axum")]
mod extract;
#[cfg(all(
    doctest,
    feature = "axum",
    feature = "io",
    feature = "json",
    feature = "stream",
    feature = "testing",
    feature = "tls",
    feature = "tower",
    feature = "web"
))]
mod guides;
#[cfg(feature = "hyper")]
mod http_upgrade;
#[cfg(feature = "json")]
mod json;
mod keeper;
mod keys;
pub mod limits;
mod marks;
mod observer;
mod opening;
mod outbox;
mod pair;
mod parting;
#[cfg(feature = "testing")]
mod pipe;
mod polling;
mod recv_stream;
mod replies;
mod rewound;
mod send_stream;
mod server;
#[cfg(feature = "tower")]
mod service;
mod spares;
mod split;
mod stream;
mod sync;
mod tcp;
mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tls")]
mod tls;
mod transport;
mod try_send;
pub mod upgrade;
#[cfg(any(feature = "io", feature = "stream"))]
mod views;
#[cfg(feature = "web")]
pub mod web;
mod websocket;
mod workbench;

pub use broadcast::{BroadcastReport, SlowReceiver, broadcast};
pub use client::{Client, Target, connect};
pub use error::{Error, Phase, Response, Result};
#[cfg(feature = "hyper")]
pub use http_upgrade::{HttpHead, Rejection, WebSocketUpgrade};
#[cfg(feature = "json")]
pub use json::JsonError;
pub use marks::QueueMarks;
pub use observer::{Direction, ObservedFrame, Observer};
pub use opening::Timeouts;
pub use pair::{pair, pair_with};
pub use recv_stream::RecvStream;
pub use replies::{MessageRef, Replies};
pub use rewound::Rewound;
pub use send_stream::SendStream;
pub use server::{Acceptor, HttpRequest, Incoming, Opening, accept};
#[cfg(feature = "tower")]
pub use service::{ServiceBody, WebSocketService};
pub use sockeye_proto::close::{CloseCode, CloseEvent};
pub use sockeye_proto::connection::{Config, DeflateConfig, Keepalive, PreparedMessage};
pub use sockeye_proto::deflate::{ContextBudget, ContextTakeover, Decompressor, InflateFault};
pub use sockeye_proto::fault;
pub use sockeye_proto::frame;
pub use sockeye_proto::handshake::http1::{Headers, HttpVersion, RequestHead, ResponseHead};
pub use sockeye_proto::handshake::server::Origins;
pub use sockeye_proto::handshake::{DeflateOffer, DeflatePolicy};
pub use sockeye_proto::message::{Message, MessageKind};
pub use sockeye_proto::payload::{Payload, Text};
pub use split::{Receiver, Sender};
pub use stream::Stream;
pub use tcp::{accept_tcp, is_of_one_connection};
#[cfg(feature = "tls")]
pub use tls::{ClientTls, ServerTls, TlsInfo};
pub use transport::Transport;
pub use try_send::TrySendError;
#[cfg(feature = "io")]
pub use views::MessageIo;
#[cfg(feature = "stream")]
pub use views::{MessageSink, MessageStream};
pub use websocket::WebSocket;
