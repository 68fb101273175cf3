//! Messages that are JSON, as Rust values. Owns the errors of that; sends and receives as anything
//! else does.

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sockeye_proto::message::Message;

use crate::error::{Error, fmt_sources};
use crate::split::{Receiver, Sender};
use crate::transport::Transport;
use crate::websocket::WebSocket;

/// What went wrong with a message of JSON.
#[derive(Debug)]
#[non_exhaustive]
pub enum JsonError {
    /// The connection failed, was lost, or sends no more.
    Connection(Error),
    /// A message came that is not the JSON of what was asked for. The connection is as it was: the
    /// next call receives the next message.
    #[non_exhaustive]
    Decode {
        /// The message.
        message: Message,
        /// The type that was asked for.
        wanted: &'static str,
        /// What is wrong with it, and where.
        source: serde_json::Error,
    },
    /// The value has no JSON, such as a map whose keys are no strings. Nothing was sent.
    #[non_exhaustive]
    Encode {
        /// The type of the value.
        given: &'static str,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl JsonError {
    /// The message that could not be decoded.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::Decode { message, .. } => Some(message),
            _ => None,
        }
    }
}

/// `{:#}` adds the sources, as for [`Error`].
impl fmt::Display for JsonError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // It says its own sources.
            Self::Connection(error) => return error.fmt(formatter),
            Self::Decode {
                message, wanted, ..
            } => {
                let len = message.payload().len();
                write!(
                    formatter,
                    "a message of {len} bytes is not the JSON of {wanted}"
                )
            }
            Self::Encode { given, .. } => write!(formatter, "a value of {given} has no JSON"),
        }?;
        fmt_sources(self.source(), formatter)
    }
}

impl StdError for JsonError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connection(error) => error.source(),
            Self::Decode { source, .. } | Self::Encode { source, .. } => Some(source),
        }
    }
}

impl From<Error> for JsonError {
    fn from(error: Error) -> Self {
        Self::Connection(error)
    }
}

impl<T: Transport> WebSocket<T> {
    /// Receives the next message, text or binary, as JSON; `Ok(None)` once the connection is
    /// closed.
    ///
    /// # Errors
    /// As [`recv`](Self::recv), and [`JsonError::Decode`], which has the message.
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no message.
    pub async fn recv_json<V: DeserializeOwned>(&mut self) -> Result<Option<V>, JsonError> {
        decode(self.recv().await?)
    }

    /// Sends a value as a text of JSON. It is encoded at once; the future only waits for room.
    ///
    /// # Errors
    /// As [`send`](Self::send), and [`JsonError::Encode`].
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing, so the message can be sent
    /// again.
    pub fn send_json<'a, V: Serialize + ?Sized>(
        &'a mut self,
        value: &V,
    ) -> impl Future<Output = Result<(), JsonError>> + Send + use<'a, T, V> {
        let text = encode(value);
        async move { Ok(self.send(text?).await?) }
    }
}

impl<T: Transport> Sender<T> {
    /// Sends a value as a text of JSON; see [`WebSocket::send_json`].
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cancel safety
    /// Safe: a future dropped before it was ready has queued nothing, so the message can be sent
    /// again.
    pub fn send_json<'a, V: Serialize + ?Sized>(
        &'a self,
        value: &V,
    ) -> impl Future<Output = Result<(), JsonError>> + Send + use<'a, T, V> {
        let text = encode(value);
        async move { Ok(self.send(text?).await?) }
    }
}

impl<T: Transport> Receiver<T> {
    /// Receives the next message as JSON; see [`WebSocket::recv_json`].
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cancel safety
    /// Safe: a dropped future loses no message.
    pub async fn recv_json<V: DeserializeOwned>(&mut self) -> Result<Option<V>, JsonError> {
        decode(self.recv().await?)
    }
}

fn decode<V: DeserializeOwned>(message: Option<Message>) -> Result<Option<V>, JsonError> {
    let Some(message) = message else {
        return Ok(None);
    };
    match serde_json::from_slice(message.payload()) {
        Ok(value) => Ok(Some(value)),
        Err(source) => Err(JsonError::Decode {
            message,
            wanted: type_name::<V>(),
            source,
        }),
    }
}

fn encode<V: Serialize + ?Sized>(value: &V) -> Result<String, JsonError> {
    let given = type_name::<V>();
    serde_json::to_string(value).map_err(|source| JsonError::Encode { given, source })
}
