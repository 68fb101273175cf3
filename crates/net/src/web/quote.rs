//! Values in texts for people: escaped, and cut where they are long. Owns the length.

use crate::limits::WEB_QUOTE_LEN_MAX;

/// `value` in quotes.
pub(super) fn quote(value: &str) -> String {
    let mut chars = value.chars();
    let start: String = chars.by_ref().take(WEB_QUOTE_LEN_MAX).collect();
    let rest = if chars.next().is_some() { "..." } else { "" };
    format!("{start:?}{rest}")
}

/// `value` for a text that has quotes around it.
pub(super) fn unquoted(value: &str) -> String {
    let start: String = value.chars().take(WEB_QUOTE_LEN_MAX).collect();
    start.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A console line could be as long as a peer or a script likes, or break the terminal.
    #[test]
    fn quoted_value_is_escaped_and_cut() {
        assert_eq!(quote("a\r\n"), r#""a\r\n""#);
        assert_eq!(quote(&"a".repeat(1000)).len(), WEB_QUOTE_LEN_MAX + 5);
    }
}
