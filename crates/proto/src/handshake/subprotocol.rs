//! Subprotocols: what is offered, what is chosen (RFC 6455 sections 1.9, 4.1 and 4.2.2). Keeps
//! rules of RFC 6455 §11.3.4.
//!
//! Names are tokens and compare byte by byte, case included: `Chat` does not answer `chat`.

use super::fault::{Field, FieldFault, Misuse};
use super::tokens;
use crate::limits::SUBPROTOCOLS_MAX;

/// The subprotocols that a request offers, in its order of preference.
///
/// `values` are the values of all `Sec-WebSocket-Protocol` lines; no line is an empty offer.
///
/// # Errors
///
/// [`FieldFault::Invalid`] for an element that is no token, that is there twice, or for lines
/// without any element; [`FieldFault::TooMany`] for more than [`SUBPROTOCOLS_MAX`].
pub fn parse_offer<'a>(
    values: impl Iterator<Item = &'a [u8]>,
) -> Result<Vec<Box<str>>, FieldFault> {
    let mut offered: Vec<Box<str>> = Vec::new();
    for value in values {
        for element in tokens::list_elements(value) {
            if !tokens::is_token(element) {
                return Err(FieldFault::invalid(element, "be a list of tokens"));
            }
            if offered.len() >= SUBPROTOCOLS_MAX {
                return Err(FieldFault::TooMany {
                    limit: SUBPROTOCOLS_MAX,
                });
            }
            if offered.iter().any(|other| other.as_bytes() == element) {
                return Err(FieldFault::invalid(element, "name each subprotocol once"));
            }
            offered.push(String::from_utf8_lossy(element).into());
        }
        if offered.is_empty() {
            return Err(FieldFault::invalid(value, "name at least one subprotocol"));
        }
    }
    Ok(offered)
}

/// The first of `preferred` that is `offered`: the server's preference decides.
pub fn choose<'a>(preferred: &[&'a str], offered: &[impl AsRef<str>]) -> Option<&'a str> {
    preferred
        .iter()
        .copied()
        .find(|own| offered.iter().any(|offer| offer.as_ref() == *own))
}

/// Checks a subprotocol that a caller adds to its own list, `listed` so far: what a client offers,
/// or what a server prefers.
///
/// # Errors
///
/// [`Misuse`] for a name that is no token, that is listed already, or that is one too many.
pub fn check_own(name: &str, listed: &[String]) -> Result<(), Misuse> {
    // RFC 6455 §4.1-24 MUST: a token, so not empty either.
    if !tokens::is_token(name.as_bytes()) {
        return Err(Misuse::new(Field::Subprotocol, name, "be a token"));
    }
    // RFC 6455 §4.1-25 MUST: each name once.
    if listed.iter().any(|other| other == name) {
        return Err(Misuse::new(Field::Subprotocol, name, "be named once"));
    }
    if listed.len() >= SUBPROTOCOLS_MAX {
        return Err(Misuse::new(
            Field::Subprotocol,
            name,
            "be one of at most 64",
        ));
    }
    Ok(())
}

/// The subprotocol that the response's lines choose from `offered`.
pub(crate) fn verify_choice<'a>(
    mut values: impl Iterator<Item = &'a [u8]>,
    offered: &[String],
) -> Result<Option<String>, FieldFault> {
    let Some(value) = values.next() else {
        return Ok(None);
    };
    // RFC 6455 §11.3.4-1 MUST NOT: a server that repeats the field is refused.
    let more = values.count();
    if more > 0 {
        return Err(FieldFault::Repeated { count: more + 1 });
    }
    let chosen = offered
        .iter()
        .find(|own| own.as_bytes() == tokens::trim(value));
    // RFC 6455 §4.1-33 MUST: only what was offered, byte by byte, is accepted.
    match chosen {
        Some(own) => Ok(Some(own.clone())),
        None => Err(FieldFault::invalid(
            value,
            "be one of the offered subprotocols",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &[&str]) -> Result<Vec<Box<str>>, FieldFault> {
        parse_offer(lines.iter().map(|line| line.as_bytes()))
    }

    fn verify(lines: &[&str], offered: &[&str]) -> Result<Option<String>, FieldFault> {
        let offered: Vec<String> = offered.iter().copied().map(str::to_owned).collect();
        verify_choice(lines.iter().map(|line| line.as_bytes()), &offered)
    }

    #[test]
    fn offer_over_several_lines_keeps_its_order() {
        assert_eq!(parse(&[]), Ok(vec![]));
        assert_eq!(
            parse(&["b, a", " c"]),
            Ok(vec!["b".into(), "a".into(), "c".into()])
        );
        assert_eq!(
            parse(&["chat,Chat"]),
            Ok(vec!["chat".into(), "Chat".into()])
        );
    }

    #[test]
    fn offer_without_tokens_is_refused() {
        for lines in [&["a b"][..], &["a;b"], &["\"a\""], &["é"], &[""], &[" , ,"]] {
            assert!(
                matches!(parse(lines), Err(FieldFault::Invalid { .. })),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn offer_with_duplicates_is_refused() {
        for lines in [&["a, b, a"][..], &["a", "a"]] {
            let rule = "name each subprotocol once";
            assert_eq!(
                parse(lines),
                Err(FieldFault::Invalid {
                    value: "a".into(),
                    rule
                })
            );
        }
    }

    #[test]
    fn offer_of_more_than_the_limit_is_refused() {
        let line = (0..65)
            .map(|number| number.to_string())
            .collect::<Vec<_>>()
            .join(",");
        assert_eq!(parse(&[&line]), Err(FieldFault::TooMany { limit: 64 }));
        assert_eq!(
            parse(&[line.trim_end_matches(",64")]).map(|offer| offer.len()),
            Ok(64)
        );
    }

    #[test]
    fn server_chooses_by_its_own_preference() {
        assert_eq!(choose(&["v2", "v1"], &["v1", "v2"]), Some("v2"));
        assert_eq!(choose(&["V1"], &["v1"]), None);
        assert_eq!(choose(&[], &["v1"]), None);
    }

    #[test]
    fn client_takes_an_offered_choice_only() {
        assert_eq!(verify(&[], &["a"]), Ok(None));
        assert_eq!(verify(&["a"], &["b", "a"]), Ok(Some("a".into())));
        for lines in [&["A"][..], &["c"], &["a, b"], &[""]] {
            let fault = verify(lines, &["a", "b"]);
            assert!(
                matches!(fault, Err(FieldFault::Invalid { .. })),
                "{lines:?}"
            );
        }
        assert_eq!(
            verify(&["a", "a"], &["a"]),
            Err(FieldFault::Repeated { count: 2 })
        );
    }
}
