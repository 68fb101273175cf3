//! Frames on their way out (RFC 6455 §5, §6.1): messages, Pings, and the control frames that are
//! owed. Owns masking and the order "Close last". Never holds bytes: the caller's buffer takes
//! them. Keeps rules of RFC 7692 §5 §6.1.

use std::time::Instant;

use super::Connection;
use crate::deflate::{Encoding, SharedCodecs};
use crate::fault::Misuse;
use crate::frame::{EncodedHeader, FrameHeader, Opcode, Rsv};
use crate::limits::{CONTROL_LEN_MAX, HEADER_LEN_MAX};
use crate::message::MessageKind;
use crate::role::Role;

/// Where a client's masking keys come from.
pub trait MaskingKeys {
    /// A fresh key, which nobody can predict from earlier ones (RFC 6455 §10.3). Only a client's
    /// connection asks.
    fn next_key(&mut self) -> [u8; 4];
}

impl<F: FnMut() -> [u8; 4]> MaskingKeys for F {
    fn next_key(&mut self) -> [u8; 4] {
        self()
    }
}

impl Connection {
    /// Appends a message to `out`, in one frame.
    ///
    /// # Errors
    /// [`Misuse::NotOpen`] once closing began, [`Misuse::InsideMessage`] between the fragments of
    /// another message; `out` is as it was.
    #[inline]
    pub fn send(
        &mut self,
        kind: MessageKind,
        payload: &[u8],
        keys: &mut impl MaskingKeys,
        codecs: &mut SharedCodecs,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        // RFC 6455 §5.5.1-4 MUST NOT: no data frame follows our Close.
        // RFC 6455 §6.1-2 §6.1-3 MUST: only an open connection sends.
        if !self.closing.may_begin() {
            return Err(self.closing.why_no_message());
        }
        // RFC 6455 §6.1-1 §6.1-4 §6.1-5 §6.1-6 MUST: one frame, opcode by kind, FIN set.
        if !self.is_compressible(payload.len())
            || !self.encode_compressed(kind, payload, keys, codecs, out)
        {
            // RFC 7692 §6.1-2 MUST: an uncompressed message goes out as it is, RSV1 clear.
            encode_frame(self.role, kind.opcode(), Rsv::NONE, payload, keys, out);
        }
        Ok(())
    }

    #[inline]
    pub(super) fn is_compressible(&self, payload_len: usize) -> bool {
        self.deflate.is_some() && payload_len >= self.config.deflate.len_min
    }

    /// Appends the message compressed, or nothing and `false` if that would not make it shorter.
    fn encode_compressed(
        &mut self,
        kind: MessageKind,
        payload: &[u8],
        keys: &mut impl MaskingKeys,
        codecs: &mut SharedCodecs,
        out: &mut Vec<u8>,
    ) -> bool {
        let Some(deflate) = &mut self.deflate else {
            return false;
        };
        // The header's length depends on the payload's: leave room for the longest one.
        let start = out.len();
        let body = start + HEADER_LEN_MAX;
        out.resize(body, 0);
        if deflate.compress(payload, codecs, out) == Encoding::Plain {
            out.truncate(start);
            return false;
        }
        let key = masking_key(self.role, keys);
        // RFC 7692 §5-12 §6.1-1 MUST: RSV1 marks the first, here the only, frame.
        // RFC 7692 §6.1-3 MUST NOT: no other call for a whole message passes it.
        close_up(header(kind.opcode(), Rsv::RSV1, key, 0), start, out);
        true
    }

    /// The header of a message of `payload_len` bytes that the caller writes right behind it, as it
    /// is: for large payloads that are not worth a copy. `None` where the bytes have to change on
    /// the way, because this side masks or compresses: then [`send`](Self::send) it.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    #[inline]
    pub fn send_by_reference(
        &mut self,
        kind: MessageKind,
        payload_len: usize,
    ) -> Result<Option<EncodedHeader>, Misuse> {
        if !self.closing.may_begin() {
            return Err(self.closing.why_no_message());
        }
        if self.role == Role::Client || self.is_compressible(payload_len) {
            return Ok(None);
        }
        Ok(Some(
            header(kind.opcode(), Rsv::NONE, None, payload_len).encode(),
        ))
    }

    /// Appends a Ping to `out` (RFC 6455 §5.5.2).
    ///
    /// # Errors
    /// [`Misuse::ControlTooLong`] for more than 125 bytes, [`Misuse::NotOpen`] once closing began.
    pub fn ping(
        &mut self,
        payload: &[u8],
        keys: &mut impl MaskingKeys,
        out: &mut Vec<u8>,
    ) -> Result<(), Misuse> {
        // RFC 6455 §5.5-1 MUST: a control frame's payload is 125 bytes or less.
        if payload.len() > CONTROL_LEN_MAX {
            return Err(Misuse::ControlTooLong { len: payload.len() });
        }
        if !self.may_send() {
            return Err(Misuse::NotOpen);
        }
        encode_frame(self.role, Opcode::Ping, Rsv::NONE, payload, keys, out);
        Ok(())
    }

    /// Whether [`poll_output`](Self::poll_output) has something to append.
    #[inline]
    pub fn has_output(&self) -> bool {
        self.pong.is_some() || self.ping_due
    }

    /// Whether nothing is owed, neither a control frame nor the end of TCP.
    #[inline]
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        !self.has_output() && self.closing.is_idle()
    }

    /// Takes over the keepalive Ping that is owed, if one is: the caller sends it with
    /// [`ping`](Self::ping) and a payload of its own, whose Pong it knows again.
    pub fn take_ping(&mut self) -> bool {
        std::mem::take(&mut self.ping_due)
    }

    /// Appends the Pong for the newest Ping and a keepalive Ping, as far as they are owed, to
    /// `out`.
    ///
    /// A caller whose earlier output is still unwritten may hold off: whatever the peer sends, at
    /// most one of each is owed.
    pub fn poll_output(&mut self, keys: &mut impl MaskingKeys, out: &mut Vec<u8>) {
        // RFC 6455 §5.5.2-2 SHOULD: the Pong does not wait for the application to answer messages.
        if let Some(payload) = self.pong.take() {
            encode_frame(self.role, Opcode::Pong, Rsv::NONE, &payload, keys, out);
        }
        if std::mem::take(&mut self.ping_due) {
            encode_frame(self.role, Opcode::Ping, Rsv::NONE, &[], keys, out);
        }
    }

    /// Whether a Close frame is owed.
    #[inline]
    pub fn has_close(&self) -> bool {
        self.closing.is_pending()
    }

    /// Appends the Close frame that is owed, if one is, to `out`. Nothing can be sent after it, so
    /// the caller first lets the messages be answered that arrived before the peer's Close or
    /// fault. A Pong that is owed goes before it.
    ///
    /// The budget of the closing handshake runs since the Close became owed.
    pub fn poll_close(&mut self, keys: &mut impl MaskingKeys, now: Instant, out: &mut Vec<u8>) {
        let Some(close) = self.closing.take_pending() else {
            return;
        };
        self.ping_due = false;
        self.poll_output(keys, out);
        self.timers.closing(now, self.config.close_timeout);
        let mut payload = Vec::new();
        close.encode(&mut payload);
        // RFC 6455 §5.5.1-3 must: a client masks its Close as well.
        encode_frame(self.role, Opcode::Close, Rsv::NONE, &payload, keys, out);
    }
}

pub(super) fn header(
    opcode: Opcode,
    rsv: Rsv,
    key: Option<[u8; 4]>,
    payload_len: usize,
) -> FrameHeader {
    // A length in memory is below 2^63: RFC 6455 §5.2-4 cannot be broken.
    let payload_len = payload_len as u64;
    // RFC 6455 §5.4-1 §5.5-2 MUST NOT: control frames have FIN set, and whole messages.
    // RFC 6455 §5.2-1 MUST: `rsv` is none, but for RSV1 on what permessage-deflate compressed.
    FrameHeader {
        fin: true,
        rsv,
        opcode,
        masking_key: key,
        payload_len,
    }
}

/// Completes a frame whose payload was appended to `out` behind room for the longest header, which
/// begins at `start`: masks it and puts its header right before it.
#[inline]
pub(super) fn close_up(header: FrameHeader, start: usize, out: &mut Vec<u8>) {
    let body = start + HEADER_LEN_MAX;
    let payload = out.get_mut(body..).unwrap_or_default();
    if let Some(key) = header.masking_key {
        sockeye_simd::apply_mask(payload, key, 0);
    }
    let payload_len = payload.len() as u64;
    let encoded = FrameHeader {
        payload_len,
        ..header
    }
    .encode();
    let head = start + encoded.as_slice().len();
    if let Some(place) = out.get_mut(start..head) {
        place.copy_from_slice(encoded.as_slice());
    }
    out.drain(head..body);
}

/// Appends one frame.
#[inline]
pub(super) fn encode_frame(
    role: Role,
    opcode: Opcode,
    rsv: Rsv,
    payload: &[u8],
    keys: &mut impl MaskingKeys,
    out: &mut Vec<u8>,
) {
    let key = masking_key(role, keys);
    // RFC 6455 §10.3-2 must: the payload is borrowed until all of it is copied and masked.
    out.reserve(HEADER_LEN_MAX + payload.len());
    header(opcode, rsv, key, payload.len()).append_to(out);
    let start = out.len();
    out.extend_from_slice(payload);
    if let Some(key) = key {
        sockeye_simd::apply_mask(out.get_mut(start..).unwrap_or_default(), key, 0);
    }
}

#[inline]
pub(super) fn masking_key(role: Role, keys: &mut impl MaskingKeys) -> Option<[u8; 4]> {
    // RFC 6455 §5.1-3 MUST NOT: a server never masks what it sends.
    // RFC 6455 §5.1-1 §5.3-1 §5.3-2 §6.1-7 MUST: a client masks each frame, with a key of its own.
    match role {
        Role::Server => None,
        Role::Client => Some(keys.next_key()),
    }
}
