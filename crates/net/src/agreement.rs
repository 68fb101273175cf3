//! What the opening handshake agreed on, kept for who asks. Owns no behaviour: that is the
//! connection's.

use sockeye_proto::handshake::DeflateAgreed;
use sockeye_proto::handshake::http1::{RequestHead, ResponseHead};

/// Subprotocol and extensions of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agreement {
    pub(crate) deflate: Option<DeflateAgreed>,
    /// On the heap, or nowhere: most connections have none of it.
    pub(crate) words: Option<Box<Words>>,
}

/// What an agreement may say at length.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    pub(crate) protocol: Option<Box<str>>,
    /// The client's request, on a server that was asked to keep it.
    pub(crate) request: Option<Box<RequestHead>>,
    /// The server's 101, on a client that was asked to keep it.
    pub(crate) response: Option<Box<ResponseHead>>,
}

impl Agreement {
    pub(crate) fn new(protocol: Option<&str>, deflate: Option<DeflateAgreed>) -> Self {
        let words = protocol.map(|protocol| {
            Box::new(Words {
                protocol: Some(protocol.into()),
                ..Words::default()
            })
        });
        Self { deflate, words }
    }

    /// With the request that a server was asked to keep.
    pub(crate) fn keep_request(&mut self, request: Box<RequestHead>) {
        self.words.get_or_insert_default().request = Some(request);
    }

    /// With the response that a client was asked to keep.
    pub(crate) fn keep_response(&mut self, response: ResponseHead) {
        self.words.get_or_insert_default().response = Some(Box::new(response));
    }

    /// The subprotocol.
    pub(crate) fn protocol(&self) -> Option<&str> {
        self.words.as_ref()?.protocol.as_deref()
    }

    /// The client's request, where it is kept.
    pub(crate) fn request(&self) -> Option<&RequestHead> {
        self.words.as_ref()?.request.as_deref()
    }

    /// The server's 101, where it is kept.
    pub(crate) fn response(&self) -> Option<&ResponseHead> {
        self.words.as_ref()?.response.as_deref()
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
        let agreement = Agreement::new(None, Some(deflate));
        let text = "permessage-deflate; server_no_context_takeover; client_max_window_bits=12";
        assert_eq!(agreement.extensions(), text);
        assert_eq!(Agreement::default().extensions(), "");
    }

    #[test]
    fn agreement_without_words_takes_no_memory() {
        assert!(Agreement::new(None, None).words.is_none());
        let agreement = Agreement::new(Some("chat"), None);
        assert_eq!(agreement.protocol(), Some("chat"));
        assert!(agreement.response().is_none());
    }
}
