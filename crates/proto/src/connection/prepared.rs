//! A message for many receivers: framed once, and compressed at most once for each class of them.
//! Owns the rule by which connections share a compressed form. Never masks: a client's frame is its
//! own. Keeps rules of RFC 6455 §5.1 and RFC 7692 §5 §6.1 §7.2.1.
//!
//! What was compressed from an empty window refers to nothing before it. So it is legal for every
//! receiver whose window reaches as far back as it does, whatever else that window holds, if the
//! sender's own context then starts from empty as well.

use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Connection;
use super::output::header;
use crate::deflate::{CompressorConfig, Encoding, SharedCodecs};
use crate::fault::Misuse;
use crate::frame::{EncodedHeader, Rsv};
use crate::message::Message;
use crate::payload::Payload;
use crate::role::Role;

/// A message to be sent to many, cheap to clone.
///
/// What it looks like on the wire is worked out when the first connection sends it, and shared by
/// all others: once as it is, and once compressed for each compression level and as many window
/// sizes as matter. A window matters only where the message is longer than it: most messages are
/// compressed once in all.
///
/// ```
/// use std::{sync::Arc, time::Instant};
/// use sockeye_proto::connection::{Config, Connection, PreparedMessage};
/// use sockeye_proto::deflate::SharedCodecs;
/// use sockeye_proto::Role;
///
/// let prepared = PreparedMessage::new("hello");
/// let mut codecs = SharedCodecs::default();
/// for _ in 0..3 {
///     let mut server = Connection::new(Role::Server, Arc::new(Config::default()), Instant::now());
///     let mut wire = Vec::new();
///     let frame = server.send_prepared(&prepared, &mut codecs)?;
///     frame.expect("a server does not mask").append_to(&mut wire);
///     assert_eq!(wire, b"\x81\x05hello");
/// }
/// # Ok::<(), sockeye_proto::fault::Misuse>(())
/// ```
#[derive(Clone)]
pub struct PreparedMessage {
    inner: Arc<Inner>,
}

struct Inner {
    message: Message,
    plain: PreparedFrame,
    /// The compressed forms, in the order in which they were asked for.
    compressed: Link,
}

impl PreparedMessage {
    /// Prepares `message`. Nothing is compressed before a connection asks for it.
    #[must_use]
    pub fn new(message: impl Into<Message>) -> Self {
        let message = message.into();
        let plain = PreparedFrame::new(&message, Rsv::NONE, message.payload().clone());
        let compressed = Link::default();
        let inner = Arc::new(Inner {
            message,
            plain,
            compressed,
        });
        Self { inner }
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.inner.message
    }

    /// How often it was compressed so far: once for each class of receivers that was met.
    #[must_use]
    pub fn compressions(&self) -> usize {
        self.inner.compressed.iter().count()
    }

    /// Its frame for receivers of `class`, compressed with `config`, whose window is one that the
    /// class may have; as it is, where compressing would not make it shorter.
    fn compressed(
        &self,
        class: Class,
        config: CompressorConfig,
        codecs: &mut SharedCodecs,
    ) -> &PreparedFrame {
        let form = self.inner.compressed.find(class, || {
            let payload = self.inner.message.payload();
            let mut out = Vec::new();
            let compressor = codecs.compressor(config);
            match compressor.compress(payload, &mut out) {
                Encoding::Plain => None,
                Encoding::Compressed => {
                    out.shrink_to_fit();
                    // RFC 7692 §5-12 §6.1-1 MUST: RSV1 marks the first, here the only, frame.
                    let payload = Payload::from(out);
                    Some(PreparedFrame::new(self.message(), Rsv::RSV1, payload))
                }
            }
        });
        form.frame.as_ref().unwrap_or(&self.inner.plain)
    }
}

impl fmt::Debug for PreparedMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PreparedMessage")
            .field("message", &self.inner.message)
            .field("compressions", &self.compressions())
            .finish()
    }
}

/// One frame that holds a whole message, as a server sends it.
#[derive(Clone, Debug)]
pub struct PreparedFrame {
    header: EncodedHeader,
    payload: Payload,
    is_compressed: bool,
}

impl PreparedFrame {
    fn new(message: &Message, rsv: Rsv, payload: Payload) -> Self {
        // RFC 6455 §5.1-3 MUST NOT: only servers send it, so it is not masked.
        let header = header(message.kind().opcode(), rsv, None, payload.len());
        Self {
            header: header.encode(),
            payload,
            is_compressed: rsv.is_rsv1_only(),
        }
    }

    /// Its header.
    #[inline]
    #[must_use]
    pub fn header(&self) -> EncodedHeader {
        self.header
    }

    /// What follows the header, cheap to clone.
    #[inline]
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// Appends the whole frame to `out`.
    #[inline]
    pub fn append_to(&self, out: &mut Vec<u8>) {
        let header = self.header.as_slice();
        out.reserve(header.len() + self.payload.len());
        out.extend_from_slice(header);
        out.extend_from_slice(&self.payload);
    }
}

/// Receivers that share a compressed form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Class {
    level: u8,
    /// How far back the form may refer, as a power of two: no further than the message is long.
    reach_bits: u8,
}

impl Class {
    /// The class of connections that compress with `config`, for a message of `payload_len` bytes.
    pub(super) fn new(config: CompressorConfig, payload_len: usize) -> Self {
        // No two bytes of a message are further apart than it is long: a window of this many bits
        // reaches all of it, and a larger one changes nothing that a receiver could see.
        let needed_bits = payload_len.next_power_of_two().trailing_zeros();
        let needed_bits = u8::try_from(needed_bits).unwrap_or(u8::MAX);
        // RFC 7692 §7.2.1-6 §7.2.1-7 MUST NOT: nothing refers further back than was agreed.
        Self {
            level: config.level(),
            reach_bits: config.window_bits().min(needed_bits),
        }
    }
}

/// The compressed form for one class, and the way to the next one.
struct Form {
    class: Class,
    /// `None` where it is not shorter than the message.
    frame: Option<PreparedFrame>,
    next: Link,
}

/// A list that only grows, at its end. There are ten levels and seven windows.
#[derive(Default)]
struct Link(OnceLock<Box<Form>>);

impl Link {
    /// The form for `class`. If there is none, `make` makes it; whoever asks meanwhile, on another
    /// thread, waits for it instead of making another.
    fn find(&self, class: Class, make: impl FnOnce() -> Option<PreparedFrame>) -> &Form {
        let (mut link, mut make) = (self, Some(make));
        loop {
            let form = link.0.get_or_init(|| {
                let frame = make.take().and_then(|make| make());
                let next = Self::default();
                Box::new(Form { class, frame, next })
            });
            if form.class == class {
                return form;
            }
            link = &form.next;
        }
    }

    fn iter(&self) -> impl Iterator<Item = &Form> {
        std::iter::successors(self.0.get(), |form| form.next.0.get()).map(AsRef::as_ref)
    }
}

impl Connection {
    /// The frame of a prepared message on this connection, to be put right behind all output so
    /// far. `None` on a client, which masks each frame by itself: [`send`](Self::send) it.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    #[inline]
    pub fn send_prepared<'a>(
        &mut self,
        prepared: &'a PreparedMessage,
        codecs: &mut SharedCodecs,
    ) -> Result<Option<&'a PreparedFrame>, Misuse> {
        if !self.closing.may_begin() {
            return Err(self.closing.why_no_message());
        }
        if self.role == Role::Client {
            return Ok(None);
        }
        let payload_len = prepared.message().payload().len();
        let Some(deflate) = &mut self.deflate else {
            return Ok(Some(&prepared.inner.plain));
        };
        if payload_len < self.config.deflate.len_min {
            return Ok(Some(&prepared.inner.plain));
        }
        let config = deflate.compressor();
        let frame = prepared.compressed(Class::new(config, payload_len), config, codecs);
        if frame.is_compressed {
            // RFC 7692 §7.2.1-4 §7.2.1-5 MUST: it starts from an empty window without takeover; and
            // with it, what follows must not refer to what came before.
            deflate.forget();
        }
        Ok(Some(frame))
    }
}
