//! Rules that single header fields share on both sides, for received and for additional ones.

use super::fault::{Field, FieldFault, Misuse};
use super::http1::check_header;
use super::tokens;
use super::view::HeaderView;

/// The trimmed value of the line `name`, which must be there once.
pub(super) fn exactly_one<'a>(
    head: &'a impl HeaderView,
    name: &'a str,
) -> Result<&'a [u8], FieldFault> {
    at_most_one(head, name)?.ok_or(FieldFault::Missing)
}

/// The trimmed value of the line `name`, which may be there once.
pub(super) fn at_most_one<'a>(
    head: &'a impl HeaderView,
    name: &'a str,
) -> Result<Option<&'a [u8]>, FieldFault> {
    let mut values = head.header_values(name);
    let first = values.next();
    match values.count() {
        0 => Ok(first.map(tokens::trim)),
        more => Err(FieldFault::Repeated { count: more + 1 }),
    }
}

/// The list `name` must have the element `token`, in any case; `rule` says so.
pub(super) fn check_listed(
    head: &impl HeaderView,
    name: &str,
    token: &str,
    rule: &'static str,
) -> Result<(), FieldFault> {
    if tokens::lists_contain(head.header_values(name), token) {
        return Ok(());
    }
    match head.header_values(name).next() {
        None => Err(FieldFault::Missing),
        Some(value) => Err(FieldFault::invalid(value, rule)),
    }
}

/// Checks a header that a caller adds: its syntax, and that it is not one the handshake sets.
///
/// # Errors
///
/// [`Misuse`] names the part and the rule.
pub fn check_additional(name: &str, value: &str) -> Result<(), Misuse> {
    check_header(name, value)?;
    let lower = name.to_ascii_lowercase();
    let owned = ["connection", "host", "origin", "upgrade"].contains(&lower.as_str());
    if owned || lower.starts_with("sec-websocket-") {
        return Err(Misuse::new(
            Field::HeaderName,
            name,
            "be left to the handshake",
        ));
    }
    Ok(())
}
