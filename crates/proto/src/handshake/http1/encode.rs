//! Writing heads: every caller-supplied byte is checked before it can become HTTP syntax.
//!
//! CR or LF in a value would let a caller's data add headers or whole requests (CVE-2026-1527).

use crate::handshake::fault::{Field, Misuse};
use crate::handshake::tokens;

/// A whole response with its body, `Content-Length` included; for answers other than 101.
///
/// Writes only the headers given: `Connection: close` is the caller's to add where it closes.
///
/// # Errors
///
/// [`Misuse`] if `status` is not within 200 to 599, if the reason phrase or a header could break
/// the syntax, or if a header sets the body's length (`Content-Length`, `Transfer-Encoding`).
// RFC 6455 §4.2.2-5 MUST: how an application answers for a resource that it does not have (404).
// RFC 6455 §4.2.2-5 MUST: an application answers so (404) for a resource it does not have.
pub fn encode_response<'a>(
    status: u16,
    reason: &str,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    body: &[u8],
) -> Result<Vec<u8>, Misuse> {
    if !(200..=599).contains(&status) {
        return Err(Misuse::new(
            Field::Status,
            status.to_string(),
            "be within 200 to 599",
        ));
    }
    if !is_field_text(reason.as_bytes()) {
        return Err(Misuse::new(
            Field::ReasonPhrase,
            reason,
            "be free of control characters",
        ));
    }
    let headers: Vec<_> = headers.into_iter().collect();
    for (name, value) in &headers {
        check_header(name, value)?;
    }
    Ok(write_response(status, reason, headers, body))
}

/// Writes a whole response; the caller has checked the parts.
pub(crate) fn write_response<'a>(
    status: u16,
    reason: &str,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    body: &[u8],
) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} {reason}\r\n");
    for (name, value) in headers {
        push_header(&mut text, name, value);
    }
    push_header(&mut text, "Content-Length", &body.len().to_string());
    text.push_str("\r\n");
    let mut bytes = text.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// Appends one header line; the caller has checked both parts.
pub(crate) fn push_header(text: &mut String, name: &str, value: &str) {
    for part in [name, ": ", value, "\r\n"] {
        text.push_str(part);
    }
}

/// Checks a caller's header: its syntax, and that it does not declare a body.
pub(crate) fn check_header(name: &str, value: &str) -> Result<(), Misuse> {
    if !tokens::is_token(name.as_bytes()) {
        return Err(Misuse::new(Field::HeaderName, name, "be a token"));
    }
    if ["Content-Length", "Transfer-Encoding"]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(name))
    {
        return Err(Misuse::new(
            Field::HeaderName,
            name,
            "be left to the library",
        ));
    }
    if !is_field_text(value.as_bytes()) {
        return Err(Misuse::new(
            Field::HeaderValue,
            value,
            "be free of control characters",
        ));
    }
    Ok(())
}

/// Whether `text` has no control character but the tab.
fn is_field_text(text: &[u8]) -> bool {
    text.iter()
        .all(|&byte| byte == b'\t' || (byte >= b' ' && byte != 0x7f))
}
