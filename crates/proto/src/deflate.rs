//! permessage-deflate's codecs (RFC 7692 §7.2). Placeholder type until they land with their tests.

/// What a thread lends to all connections without context takeover.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct SharedCodecs;
