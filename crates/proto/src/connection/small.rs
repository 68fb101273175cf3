//! The shortest way for the commonest frame: a whole message of at most 125 bytes, in one frame,
//! that lies complete in the read. Owns speed only: what it does not recognise goes the long way
//! through `receive`, and what it takes comes out as it would there (a test compares the two).

use sockeye_simd::apply_mask;

use super::Connection;
use super::input::{Input, Received};
use crate::message::MessageKind;
use crate::role::Role;

/// FIN and Text, no reserved bit.
const FIN_TEXT: u8 = 0x81;
/// FIN and Binary, no reserved bit.
const FIN_BINARY: u8 = 0x82;

impl Connection {
    /// The message at the front of `input` if it is of that kind; `None` leaves everything as it
    /// is.
    #[inline]
    pub(super) fn next_small(&self, input: &mut Input<'_>) -> Option<Received> {
        if !self.reader.is_between_messages() || input.fold.is_some() {
            return None;
        }
        let front = input.bytes.get_mut(input.at..)?;
        let &mut [first, second, ref mut rest @ ..] = front else {
            return None;
        };
        let kind = match first {
            FIN_TEXT => MessageKind::Text,
            FIN_BINARY => MessageKind::Binary,
            _ => return None,
        };
        // A frame masked against its role's rule, or with a longer length, goes the long way.
        let (header_len, len) = match self.role {
            Role::Server => (6, second.checked_sub(0x80)?),
            Role::Client => (2, second),
        };
        let len = usize::from(len);
        if len > 125 || len > self.config.message_len_max {
            return None;
        }
        let is_ascii = match self.role {
            Role::Server => {
                let (key, rest) = rest.split_first_chunk_mut::<4>()?;
                sockeye_simd::unmask_is_ascii(rest.get_mut(..len)?, *key)
            }
            Role::Client => rest.get(..len)?.is_ascii(),
        };
        if kind == MessageKind::Text && !is_ascii {
            let payload = front.get(header_len..header_len + len)?;
            if !sockeye_simd::is_utf8(payload) {
                undo(self.role, front);
                return None;
            }
        }
        let start = input.at + header_len;
        input.at = start + len;
        Some(Received::InPlace {
            kind,
            range: start..input.at,
        })
    }
}

/// Masks the payload again, so that the long way finds the frame as it came and says what is wrong.
#[cold]
fn undo(role: Role, frame: &mut [u8]) {
    if role == Role::Client {
        return;
    }
    if let [_, second, k0, k1, k2, k3, payload @ ..] = frame {
        let key = [*k0, *k1, *k2, *k3];
        let len = usize::from(*second & 0x7F).min(payload.len());
        apply_mask(payload.get_mut(..len).unwrap_or_default(), key, 0);
    }
}
