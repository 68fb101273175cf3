//! A frame as a server writes it, for those who write by hand. Owns its two bytes of header.

use std::error::Error;

/// The longest payload whose length stands in the second byte itself (RFC 6455 §5.2).
const LEN_INLINE_MAX: u8 = 125;

/// The first byte of a text that is whole.
const FIN_TEXT: u8 = 0x81;

/// The frame of a short `text`.
///
/// # Errors
/// If it is longer than 125 bytes.
pub fn unmasked_text(text: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let len = u8::try_from(text.len())?;
    if len > LEN_INLINE_MAX {
        return Err("the frame's length takes one byte".into());
    }
    let mut frame = vec![FIN_TEXT, len];
    frame.extend_from_slice(text.as_bytes());
    Ok(frame)
}
