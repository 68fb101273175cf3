//! The public items of a crate, a line each, read from its tokens. Knows the forms of items that
//! rustfmt writes, and judges nothing.

use std::collections::BTreeSet;

use crate::source::{SourceFile, Token, after_bracket, at};

/// The lines of the crate in `folder`, sorted.
pub(super) fn of(folder: &str, files: &[SourceFile]) -> Vec<String> {
    let sources = || {
        let own = files.iter().filter(|file| file.crate_dir() == folder);
        own.filter(|file| !file.test && file.module().is_some())
    };
    let mut types = BTreeSet::new();
    for file in sources() {
        types.extend(public_types(&file.product_tokens()));
    }
    let mut lines = BTreeSet::new();
    for file in sources() {
        let module = match file.module().unwrap_or_default().join("::") {
            root if root.is_empty() => "lib".to_owned(),
            module => module,
        };
        let mut reader = Reader {
            types: &types,
            lines: Vec::new(),
        };
        reader.read(&file.product_tokens(), "");
        lines.extend(
            reader
                .lines
                .into_iter()
                .map(|line| format!("{module}: {line}")),
        );
    }
    lines.into_iter().collect()
}

/// The names of types and traits that say `pub`.
fn public_types(tokens: &[Token]) -> Vec<String> {
    let is_type = |word: &str| ["enum", "struct", "trait", "type"].contains(&word);
    let named = tokens.windows(3).filter(|three| {
        let [public, kind, _] = three else {
            return false;
        };
        public.text == "pub" && is_type(&kind.text)
    });
    named
        .filter_map(|three| Some(three.get(2)?.text.clone()))
        .collect()
}

struct Reader<'a> {
    types: &'a BTreeSet<String>,
    lines: Vec<String>,
}

impl Reader<'_> {
    /// Reads the items in `tokens`; `owner` is the `impl` around them.
    fn read(&mut self, tokens: &[Token], owner: &str) {
        let mut index = 0;
        let mut marks = String::new();
        while let Some(token) = tokens.get(index) {
            let end = after_item(tokens, index);
            let item = tokens.get(index..end).unwrap_or_default();
            if token.text == "#" {
                let open = index + 1 + usize::from(at(tokens, index + 1, &["!"]));
                let end = after_bracket(tokens, open);
                let attribute = text(tokens.get(index..end).unwrap_or_default());
                if attribute.contains("derive") || attribute.contains("non_exhaustive") {
                    marks = format!("{marks}{attribute} ");
                }
                index = end;
                continue;
            }
            if token.text == "impl" {
                self.read_impl(item);
            } else if token.text == "pub" && !at(item, 1, &["("]) {
                self.lines
                    .push(format!("{owner}{marks}{}", text(&signature(item))));
            } else if owner.is_empty() && is_call(item) {
                self.lines.push(text(item));
            }
            marks.clear();
            index = end.max(index + 1);
        }
    }

    fn read_impl(&mut self, item: &[Token]) {
        let open = item.iter().position(|token| token.text == "{");
        let (head, body) = item.split_at(open.unwrap_or(item.len()));
        let body = body
            .get(1..body.len().saturating_sub(1))
            .unwrap_or_default();
        let head_text = text(head);
        let Some(by) = head.iter().position(|token| token.text == "for") else {
            return self.read(body, &format!("{head_text} | "));
        };
        let path = head.iter().skip(by + 1);
        let path = path.take_while(|token| token.text != "<" && token.text != "where");
        let name = path.filter(|token| token.is_word()).last();
        if name.is_some_and(|name| self.types.contains(&name.text)) {
            self.lines.push(head_text);
        }
    }
}

/// The index after the item at `index`: behind its `;` or its block.
fn after_item(tokens: &[Token], index: usize) -> usize {
    let mut at = index;
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            ";" => return at + 1,
            "{" => {
                let end = after_bracket(tokens, at);
                let is_over = tokens.get(end).is_none_or(|next| next.text != ";");
                return if is_over { end } else { end + 1 };
            }
            "(" | "[" => at = after_bracket(tokens, at),
            _ => at += 1,
        }
    }
    tokens.len()
}

/// Whether an item is the call of a macro that makes items.
fn is_call(item: &[Token]) -> bool {
    let named = item.first().is_some_and(Token::is_word) && at(item, 1, &["!"]);
    named && !at(item, 0, &["macro_rules"]) && !at(item, 0, &["thread_local"])
}

/// What users see of a public item.
fn signature(item: &[Token]) -> Vec<Token> {
    let has = |word: &str| item.iter().take(5).any(|token| token.text == word);
    if has("enum") || has("trait") {
        return without_attributes(item, true);
    }
    if has("struct") {
        return public_fields(&without_attributes(item, false));
    }
    if has("use") || has("type") {
        return item.to_vec();
    }
    let ends = if has("fn") { "{" } else { "=" };
    let head = item.iter().take_while(|token| token.text != ends);
    head.cloned().collect()
}

/// The item without attributes, and, if `is_shut`, without what is in the blocks of its parts.
fn without_attributes(item: &[Token], is_shut: bool) -> Vec<Token> {
    let mut kept = Vec::new();
    let (mut index, mut depth) = (0, 0_usize);
    while let Some(token) = item.get(index) {
        if token.text == "#" {
            index = after_bracket(item, index + 1);
            continue;
        }
        depth += usize::from(token.text == "{");
        depth -= usize::from(token.text == "}");
        // The fields of a variant are a block as well; the body of a provided method is not shown.
        let is_body = is_shut && token.text == "{" && depth == 2 && at(item, 1, &["trait"]);
        if is_body {
            index = after_bracket(item, index);
            depth -= 1;
            continue;
        }
        kept.push(token.clone());
        index += 1;
    }
    kept
}

/// A struct with those of its fields that are public.
fn public_fields(item: &[Token]) -> Vec<Token> {
    let open = item
        .iter()
        .position(|token| ["{", "("].contains(&&*token.text));
    let Some(open) = open else {
        return item.to_vec();
    };
    let mut kept = item.get(..=open).unwrap_or_default().to_vec();
    let mut depth = 0_usize;
    let mut field: Vec<Token> = Vec::new();
    for token in item.get(open + 1..).unwrap_or_default() {
        match token.text.as_str() {
            "(" | "[" | "{" | "<" => depth += 1,
            ")" | "]" | "}" | ">" => depth = depth.saturating_sub(1),
            _ => {}
        }
        field.push(token.clone());
        if depth == 0 && token.text == "," {
            if at(&field, 0, &["pub"]) && !at(&field, 1, &["("]) {
                kept.extend(field.clone());
            }
            field.clear();
        }
    }
    if at(&field, 0, &["pub"]) && !at(&field, 1, &["("]) {
        kept.extend(field);
    }
    kept
}

/// Tokens as a line that reads like code.
fn text(tokens: &[Token]) -> String {
    let words: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
    let mut text = words.join(" ");
    let joined = [
        ("- >", "->"),
        (" :: ", "::"),
        (":: ", "::"),
        ("( ", "("),
        (" )", ")"),
        (" (", "("),
        ("[ ", "["),
        (" ]", "]"),
        (" ,", ","),
        (" ;", ";"),
        (" :", ":"),
        ("& ", "&"),
        ("' ", "'"),
        ("< ", "<"),
        (" <", "<"),
        (" >", ">"),
        ("->", " ->"),
        ("  ", " "),
        ("->(", "-> ("),
        ("# [", "#["),
        (" !(", "!("),
    ];
    for (apart, together) in joined {
        text = text.replace(apart, together);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Vec<String> {
        of("crates/x", &[SourceFile::new("crates/x/src/a.rs", text)])
    }

    #[test]
    fn what_users_see_is_listed_and_nothing_else() {
        let text = "pub struct Own<T> { pub a: u8, b: u8, }\n\
            #[derive(Debug)]\npub enum Kind { One, Two { len: u8 } }\n\
            impl<T> Own<T> { pub fn new(a: u8) -> Self { f(a) } pub(crate) fn f() {} fn g() {} }\n\
            impl Clone for Kind { fn clone(&self) -> Self { One } }\n\
            struct Hidden; impl Clone for Hidden { }\n\
            pub const LEN: usize = 3;\npub trait Able { fn can(&self) { yes() } }\n\
            make!(Own);\npub use b::{C, D};\n#[cfg(test)]\nmod tests { pub fn t() {} }\n";
        let expected = [
            "a: #[derive(Debug)] pub enum Kind { One, Two { len: u8 } }",
            "a: impl Clone for Kind",
            "a: impl<T> Own<T> | pub fn new(a: u8) -> Self",
            "a: make!(Own);",
            "a: pub const LEN: usize",
            "a: pub struct Own<T> { pub a: u8,",
            "a: pub trait Able { fn can(&self) }",
            "a: pub use b::{ C, D };",
        ];
        assert_eq!(listed(text), expected);
    }

    #[test]
    fn change_of_a_signature_field_or_variant_shows() {
        let pairs = [
            ("pub fn f(a: u8) {}", "pub fn f(a: u16) {}"),
            ("pub struct A(pub u8);", "pub struct A(u8);"),
            ("pub enum A { B }", "pub enum A { B, C }"),
            ("pub trait A { fn b(); }", "pub trait A { fn b(); fn c(); }"),
        ];
        for (before, after) in pairs {
            assert_ne!(listed(before), listed(after));
            assert_eq!(listed(before).len(), 1, "{before}");
        }
    }

    #[test]
    fn change_inside_of_a_function_does_not_show() {
        assert_eq!(listed("pub fn f() { a() }"), listed("pub fn f() { b() }"));
    }
}
