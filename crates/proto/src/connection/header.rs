//! Frame headers as a connection receives them (RFC 6455 §5.1-§5.5): put together from several
//! reads, checked against role, extensions, the message in progress and the limits. Owns the order
//! of the checks: that of the bytes on the wire, so that a frame with two faults fails with the
//! same one however it is cut, at the first byte that shows it. Never touches payload.

use super::Connection;
use super::input::Input;
use crate::fault::{Fault, PeerFault};
use crate::frame::{FirstByte, FrameHeader, Opcode, Rsv, check_control_len, decode_len, is_masked};
use crate::limits::HEADER_LEN_MAX;
use crate::role::Role;

impl Connection {
    /// The header at the front of `input`, or `None` if its end has not arrived: then its start is
    /// kept and all input is taken.
    #[inline]
    pub(super) fn next_header(
        &mut self,
        input: &mut Input<'_>,
    ) -> Result<Option<FrameHeader>, Fault> {
        if self.reader.partial.len > 0 {
            return self.next_split_header(input);
        }
        match FrameHeader::decode(input.rest()) {
            Ok(Some((header, len))) => {
                // A header that is refused stays unread: the caller may yet avert it.
                self.check(&header, input)?;
                input.at += len;
                Ok(Some(header))
            }
            Ok(None) if input.rest().is_empty() => Ok(None),
            cut_or_bad => {
                self.check_start(input.rest(), input)?;
                cut_or_bad.map_err(Fault::Peer)?;
                self.reader.partial.fill(input);
                Ok(None)
            }
        }
    }

    /// The same for a header of which an earlier read brought the start.
    #[cold]
    fn next_split_header(&mut self, input: &mut Input<'_>) -> Result<Option<FrameHeader>, Fault> {
        let before = self.reader.partial.len;
        let (kept, at) = (usize::from(before), input.at);
        self.reader.partial.fill(input);
        let partial = self.reader.partial;
        match FrameHeader::decode(partial.as_slice()) {
            Ok(Some((header, len))) => {
                self.reader.partial.len = before;
                input.at = at;
                self.check(&header, input)?;
                // What was filled in beyond the header is payload: leave it in the input.
                input.at = at + len - kept;
                self.reader.partial.len = 0;
                Ok(Some(header))
            }
            cut_or_bad => {
                self.check_start(partial.as_slice(), input)?;
                cut_or_bad.map_err(Fault::Peer)?;
                Ok(None)
            }
        }
    }

    /// Checks a header that breaks no rule by itself.
    #[inline]
    fn check(&self, header: &FrameHeader, input: &Input<'_>) -> Result<(), Fault> {
        let masked = header.masking_key.is_some();
        self.check_rsv(header.opcode, header.rsv)?;
        if header.opcode.is_control() {
            return self.check_masked(masked);
        }
        let so_far = self.message_so_far(input);
        check_sequence(header.opcode, so_far.is_some())?;
        self.check_masked(masked)?;
        self.check_len(so_far, header.rsv, header.payload_len)
    }

    /// Checks what has arrived of a header that is cut off or breaks a rule by itself: the same
    /// checks in the same order, each as soon as its bytes are there.
    #[cold]
    fn check_start(&self, bytes: &[u8], input: &Input<'_>) -> Result<(), Fault> {
        let Some((first, bytes)) = bytes.split_first() else {
            return Ok(());
        };
        let FirstByte { rsv, opcode, .. } = FirstByte::decode(*first).map_err(Fault::Peer)?;
        self.check_rsv(opcode, rsv)?;
        let so_far = self.message_so_far(input);
        if !opcode.is_control() {
            check_sequence(opcode, so_far.is_some())?;
        }
        let Some((second, bytes)) = bytes.split_first() else {
            return Ok(());
        };
        check_control_len(opcode, *second).map_err(Fault::Peer)?;
        self.check_masked(is_masked(*second))?;
        match decode_len(*second, bytes).map_err(Fault::Peer)? {
            Some((len, _)) if !opcode.is_control() => self.check_len(so_far, rsv, len),
            _ => Ok(()),
        }
    }

    /// Length so far of the message in progress, if there is one.
    #[inline]
    fn message_so_far(&self, input: &Input<'_>) -> Option<usize> {
        match (&input.fold, &self.reader.message) {
            (Some(fold), _) => Some(fold.range.len()),
            (None, message) => message.as_ref().map(|message| message.bytes.len()),
        }
    }

    #[inline]
    fn check_rsv(&self, opcode: Opcode, rsv: Rsv) -> Result<(), Fault> {
        // RFC 6455 §5.2-7 MUST: only an extension that the handshake agreed on is in use.
        // RFC 6455 §5.2-2 MUST: a reserved bit without an agreed meaning fails the connection.
        // RFC 7692 §6.1-4 MUST: RSV1 has one on the first frame of a message only.
        let is_compressed = rsv.is_rsv1_only()
            && matches!(opcode, Opcode::Text | Opcode::Binary)
            && self.deflate.is_some();
        if rsv.is_none() || is_compressed {
            Ok(())
        } else {
            Err(Fault::Peer(PeerFault::ReservedBits(opcode)))
        }
    }

    #[inline]
    fn check_masked(&self, masked: bool) -> Result<(), Fault> {
        match (self.role, masked) {
            // RFC 6455 §5.1-2 MUST: a client's frame that is not masked closes the connection.
            (Role::Server, false) => Err(Fault::Peer(PeerFault::NotMasked)),
            // RFC 6455 §5.1-4 MUST: a server's frame that is masked closes the connection.
            (Role::Client, true) => Err(Fault::Peer(PeerFault::Masked)),
            _ => Ok(()),
        }
    }

    /// RFC 6455 §10.4-1 MUST: a message beyond the limit is refused by its header, before its
    /// bytes.
    #[inline]
    fn check_len(&self, so_far: Option<usize>, rsv: Rsv, payload_len: u64) -> Result<(), Fault> {
        // Of a compressed message the limit bounds what it inflates to, while it does.
        if rsv.is_rsv1_only() || self.reader.is_in_compressed() {
            return Ok(());
        }
        let so_far = so_far.unwrap_or(0);
        let max = self.config.message_len_max;
        let total = usize::try_from(payload_len)
            .ok()
            .and_then(|len| so_far.checked_add(len));
        match total {
            Some(total) if total <= max => Ok(()),
            _ => self.check_oversize(max),
        }
    }
}

/// Checks that a data frame has its place: a first one outside a message, a continuation inside.
#[inline]
fn check_sequence(opcode: Opcode, in_message: bool) -> Result<(), Fault> {
    match (opcode, in_message) {
        (Opcode::Continuation, false) => Err(Fault::Peer(PeerFault::ContinuationWithoutStart)),
        // RFC 6455 §5.4-3 MUST NOT: a message begins inside another.
        (Opcode::Text | Opcode::Binary, true) => {
            Err(Fault::Peer(PeerFault::MessageInsideMessage(opcode)))
        }
        _ => Ok(()),
    }
}

/// The start of a header whose rest has not arrived.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PartialHeader {
    bytes: [u8; HEADER_LEN_MAX],
    /// Invariant: at most `HEADER_LEN_MAX`.
    len: u8,
}

impl PartialHeader {
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Takes bytes from `input` until it is full or they end.
    fn fill(&mut self, input: &mut Input<'_>) {
        let kept = usize::from(self.len);
        let range = input.take((HEADER_LEN_MAX - kept) as u64);
        for (place, byte) in self.bytes.iter_mut().skip(kept).zip(input.slice(range)) {
            *place = *byte;
            self.len += 1;
        }
    }
}
