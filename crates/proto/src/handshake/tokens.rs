//! Tokens and comma-separated lists of them (RFC 9110 sections 5.6.1 and 5.6.2).
//!
//! One pass over the bytes, no allocation, no regular expression: `Sec-WebSocket-Protocol` with
//! tens of thousands of spaces has made others quadratic (CVE-2021-32640).

/// Whether `byte` may stand in a token.
pub fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether `text` is a token: not empty, and only of token characters.
pub fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().copied().all(is_token_byte)
}

/// The elements of one list value: split at commas, trimmed, empty ones left out.
///
/// Empty elements are legal in received lists (RFC 9110 section 5.6.1.2), and mean nothing.
pub fn list_elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&byte| byte == b',')
        .map(trim)
        .filter(|element| !element.is_empty())
}

/// Whether any of the list `values` has `token` as an element, ASCII case ignored.
///
/// Several header lines of one name are one list, hence the iterator.
pub fn lists_contain<'a>(values: impl Iterator<Item = &'a [u8]>, token: &str) -> bool {
    values
        .flat_map(list_elements)
        .any(|element| element.eq_ignore_ascii_case(token.as_bytes()))
}

/// `value` without the spaces and tabs at both ends.
pub(crate) fn trim(value: &[u8]) -> &[u8] {
    let mut rest = value;
    while let [b' ' | b'\t', tail @ ..] = rest {
        rest = tail;
    }
    while let [front @ .., b' ' | b'\t'] = rest {
        rest = front;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_of_separators_is_refused() {
        for byte in 0..=255u8 {
            let separator = b"()<>@,;:\\\"/[]?={} \t".contains(&byte);
            let expected = byte.is_ascii_graphic() && !separator;
            assert_eq!(is_token(&[byte]), expected, "{byte:#x}");
        }
        assert!(!is_token(b""));
    }

    #[test]
    fn list_with_empty_elements_yields_the_others() {
        let elements: Vec<&[u8]> = list_elements(b" ,a,, \tb c\t,").collect();
        assert_eq!(elements, [b"a".as_slice(), b"b c"]);
    }

    #[test]
    fn list_over_two_lines_contains_token_in_any_case() {
        let lines = [b"keep-alive".as_slice(), b"foo , uPGRADE"];
        assert!(lists_contain(lines.into_iter(), "Upgrade"));
        assert!(!lists_contain(
            [b"upgrade2, xupgrade".as_slice()].into_iter(),
            "Upgrade"
        ));
    }
}
