//! What the opening handshake agreed on, kept for who asks. Owns no behaviour: that is the
//! connection's.

use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::handshake::http1::{RequestHead, ResponseHead};

/// Subprotocol and extensions of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agreement {
    pub(crate) protocol: Option<Box<str>>,
    pub(crate) deflate: Option<DeflateAgreed>,
    /// The client's request, on a server that was asked to keep it.
    pub(crate) request: Option<Box<RequestHead>>,
    /// The server's 101, on a client that was asked to keep it.
    pub(crate) response: Option<Box<ResponseHead>>,
}

impl Agreement {
    /// On the heap, or nowhere if there is nothing to keep.
    pub(crate) fn boxed(self) -> Option<Box<Self>> {
        let heads = self.request.is_some() || self.response.is_some();
        let is_empty = self.protocol.is_none() && self.deflate.is_none() && !heads;
        (!is_empty).then(|| Box::new(self))
    }

    /// The extensions in the words of `Sec-WebSocket-Extensions`; empty without any.
    pub(crate) fn extensions(&self) -> String {
        let Some(deflate) = self.deflate else {
            return String::new();
        };
        let mut text = "permessage-deflate".to_owned();
        if deflate.server_no_context_takeover {
            text.push_str("; server_no_context_takeover");
        }
        if deflate.client_no_context_takeover {
            text.push_str("; client_no_context_takeover");
        }
        for (name, bits) in [
            ("server_max_window_bits", deflate.server_max_window_bits),
            ("client_max_window_bits", deflate.client_max_window_bits),
        ] {
            if bits < 15 {
                text.extend(["; ", name, "=", &bits.to_string()]);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_says_its_extensions_as_the_header_does() {
        let deflate = DeflateAgreed {
            server_no_context_takeover: true,
            client_no_context_takeover: false,
            server_max_window_bits: 15,
            client_max_window_bits: 12,
        };
        let agreement = Agreement {
            deflate: Some(deflate),
            ..Agreement::default()
        };
        let text = "permessage-deflate; server_no_context_takeover; client_max_window_bits=12";
        assert_eq!(agreement.extensions(), text);
        assert_eq!(Agreement::default().extensions(), "");
    }

    #[test]
    fn agreement_on_nothing_takes_no_memory() {
        assert!(Agreement::default().boxed().is_none());
    }
}
