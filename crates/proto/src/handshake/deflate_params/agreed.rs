//! The outcome of a negotiation.

/// What both sides have agreed on for one connection.
///
/// Complete: RFC 7692 defines these four. Window sizes are in bits. Our own compressor's is 9 to
/// 15; the peer's may be 8, and a decompressor with any larger window reads it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeflateAgreed {
    /// The server compresses each message from an empty window.
    pub server_no_context_takeover: bool,
    /// The client compresses each message from an empty window.
    pub client_no_context_takeover: bool,
    /// The largest window of the server's compressor, 8 to 15.
    pub server_max_window_bits: u8,
    /// The largest window of the client's compressor, 8 to 15.
    pub client_max_window_bits: u8,
}
