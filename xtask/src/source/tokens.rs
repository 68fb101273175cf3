//! Cuts lines of code into tokens, and finds the items that only tests have.
//!
//! A token is a word, `::` or one other character: enough to follow paths and brackets.

use std::ops::Range;

use super::lexer::{Line, is_word};

/// A word, `::` or one other character of the code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Token {
    /// Counted from 1.
    pub(crate) line: usize,
    pub(crate) text: String,
    /// Part of an item that only tests have.
    pub(crate) test: bool,
}

impl Token {
    /// Whether this is a word and not punctuation.
    pub(crate) fn is_word(&self) -> bool {
        self.text.starts_with(is_word)
    }
}

/// Whether the tokens from `at` on are `texts`.
pub(crate) fn at(tokens: &[Token], at: usize, texts: &[&str]) -> bool {
    texts.iter().enumerate().all(|(offset, text)| {
        tokens
            .get(at + offset)
            .is_some_and(|token| token.text == *text)
    })
}

/// The index after the bracket that closes the one at `open`, or the end.
pub(crate) fn after_bracket(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// The tokens of `lines`.
pub(super) fn cut(lines: &[Line]) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let mut rest = line.code.trim_start();
        while let Some(first) = rest.chars().next() {
            let len = if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (text, after) = rest.split_at(len);
            tokens.push(Token {
                line: index + 1,
                text: text.to_owned(),
                test: line.test,
            });
            rest = after.trim_start();
        }
    }
    tokens
}

/// The line ranges (from 0) of the items under `#[test]` or `#[cfg(test)]`.
pub(super) fn test_items(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        if is_test_attribute(tokens, index) {
            let end = item_end(tokens, index);
            let last = tokens.get(end - 1).map_or(token.line, |last| last.line);
            ranges.push(token.line - 1..last);
        }
    }
    ranges
}

/// The names of the modules that are declared for tests and stand in files of their own.
pub(super) fn test_modules(tokens: &[Token]) -> Vec<String> {
    let mut names = Vec::new();
    for index in 0..tokens.len() {
        if !is_test_attribute(tokens, index) {
            continue;
        }
        let item = &tokens[skip_attributes(tokens, index)..item_end(tokens, index)];
        let declared = item.iter().position(|token| token.text == "mod");
        let declaration = declared.map(|at| &item[at..]);
        if let Some([_, name, Token { text: end, .. }]) = declaration {
            if end == ";" {
                names.push(name.text.clone());
            }
        }
    }
    names
}

fn is_test_attribute(tokens: &[Token], index: usize) -> bool {
    at(tokens, index, &["#", "[", "test", "]"])
        || at(tokens, index, &["#", "[", "cfg", "(", "test", ")"])
        || at(
            tokens,
            index,
            &["#", "[", "cfg", "(", "all", "(", "test", ","],
        )
}

fn skip_attributes(tokens: &[Token], mut index: usize) -> usize {
    while at(tokens, index, &["#", "["]) {
        index = after_bracket(tokens, index + 1);
    }
    index
}

/// The index after the item that starts at `index`, attributes included.
fn item_end(tokens: &[Token], index: usize) -> usize {
    let mut index = skip_attributes(tokens, index);
    while let Some(token) = tokens.get(index) {
        match token.text.as_str() {
            ";" => return index + 1,
            "{" => return after_bracket(tokens, index),
            "(" | "[" => index = after_bracket(tokens, index),
            _ => index += 1,
        }
    }
    index
}

#[cfg(test)]
mod tests {
    use super::super::lexer;
    use super::*;

    fn tokens(text: &str) -> Vec<Token> {
        cut(&lexer::split(text))
    }

    #[test]
    fn paths_are_cut_at_colons() {
        let texts: Vec<String> = tokens("use a::b_1;").into_iter().map(|t| t.text).collect();
        assert_eq!(texts, ["use", "a", "::", "b_1", ";"]);
    }

    #[test]
    fn test_item_ends_with_its_bracket() {
        let text = "#[cfg(test)]\nfn f(x: [u8; 4]) {\n    { }\n}\nfn g() {}";
        assert_eq!(test_items(&tokens(text)).first(), Some(&(0..4)));
        let imports = tokens("#[cfg(test)]\nuse a::{b};\nfn g() {}");
        assert_eq!(test_items(&imports).first(), Some(&(0..2)));
    }

    #[test]
    fn only_declared_modules_have_files() {
        assert_eq!(test_modules(&tokens("#[cfg(test)]\nmod pair;")), ["pair"]);
        assert!(test_modules(&tokens("#[cfg(test)]\nmod tests { mod a; }")).is_empty());
        assert!(test_modules(&tokens("mod pair;")).is_empty());
    }
}
