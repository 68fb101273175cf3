//! The paths that a file names: the leaves of its `use` declarations and the paths in its code.
//!
//! Paths into the own crate start with `crate` afterwards, whether they were written with
//! `crate`, `self`, `super` or from a child module. Names that only macros make are not seen.

use std::collections::BTreeSet;

use crate::source::{Token, after_bracket, at};

/// One path that a file names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct NamedPath {
    pub(super) line: usize,
    pub(super) segments: Vec<String>,
    /// The name it has here, from `use`; `None` for a path in code.
    pub(super) alias: Option<String>,
    /// Named by `pub use` in any form.
    pub(super) exported: bool,
}

/// The modules of a crate, by their paths from its root.
pub(super) type Modules = BTreeSet<Vec<String>>;

/// The paths in the code of `module`.
pub(super) fn named(tokens: &[Token], module: &[String], modules: &Modules) -> Vec<NamedPath> {
    let mut found = Vec::new();
    let mut scopes: Vec<(String, usize)> = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        while scopes.last().is_some_and(|(_, end)| *end <= index) {
            scopes.pop();
        }
        let here: Vec<String> = module
            .iter()
            .chain(scopes.iter().map(|(name, _)| name))
            .cloned()
            .collect();
        if tokens[index].text == "mod" && at(tokens, index + 2, &["{"]) {
            scopes.push((
                tokens[index + 1].text.clone(),
                after_bracket(tokens, index + 2),
            ));
            index += 3;
        } else if tokens[index].text == "use" {
            let exported = index > 0 && is_exported(tokens, index);
            let mut leaves = Vec::new();
            index = tree(tokens, index + 1, &[], &mut leaves);
            for mut leaf in leaves {
                leaf.exported = exported;
                leaf.segments = absolute(leaf.segments, &here, modules);
                found.push(leaf);
            }
        } else if let Some((segments, end)) = path(tokens, index) {
            found.push(NamedPath {
                line: tokens[index].line,
                segments: absolute(segments, &here, modules),
                alias: None,
                exported: false,
            });
            index = end;
        } else {
            index += 1;
        }
    }
    found
}

/// Whether the `use` at `index` follows `pub` or `pub(..)`.
fn is_exported(tokens: &[Token], index: usize) -> bool {
    matches!(tokens[index - 1].text.as_str(), "pub" | ")")
}

/// Reads the use tree at `index`, below `prefix`, and returns the index after it.
fn tree(
    tokens: &[Token],
    mut index: usize,
    prefix: &[String],
    leaves: &mut Vec<NamedPath>,
) -> usize {
    let mut segments = prefix.to_vec();
    let line = tokens.get(index).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(index) {
        match token.text.as_str() {
            "::" => {}
            "{" => return group(tokens, index, &segments, leaves),
            _ if token.is_word() || token.text == "*" => segments.push(token.text.clone()),
            _ => break,
        }
        index += 1;
        if at(tokens, index, &["as"]) {
            break;
        }
    }
    let mut alias = segments.last().cloned();
    if at(tokens, index, &["as"]) {
        alias = tokens.get(index + 1).map(|token| token.text.clone());
        index += 2;
    }
    if alias.as_deref() == Some("self") {
        segments.pop();
        alias = segments.last().cloned();
    }
    leaves.push(NamedPath {
        line,
        segments,
        alias,
        exported: false,
    });
    index
}

fn group(tokens: &[Token], open: usize, prefix: &[String], leaves: &mut Vec<NamedPath>) -> usize {
    let end = after_bracket(tokens, open);
    let mut index = open + 1;
    while index + 1 < end {
        index = tree(tokens, index, prefix, leaves);
        // The comma between two trees, or whatever stopped the last one.
        index += 1;
    }
    end
}

/// A path of at least two segments that starts at `index`, and the index after it.
fn path(tokens: &[Token], index: usize) -> Option<(Vec<String>, usize)> {
    let starts = tokens[index].is_word() && (index == 0 || tokens[index - 1].text != "::");
    if !starts || !at(tokens, index + 1, &["::"]) {
        return None;
    }
    let mut segments = vec![tokens[index].text.clone()];
    let mut end = index + 1;
    while at(tokens, end, &["::"]) && tokens.get(end + 1).is_some_and(Token::is_word) {
        segments.push(tokens[end + 1].text.clone());
        end += 2;
    }
    (segments.len() > 1).then_some((segments, end))
}

/// `segments` as seen from `here`, from the root of the crate if they lie in it.
fn absolute(segments: Vec<String>, here: &[String], modules: &Modules) -> Vec<String> {
    let Some(first) = segments.first() else {
        return segments;
    };
    let mut base = here.to_vec();
    let mut skipped = 0;
    match first.as_str() {
        "self" => skipped = 1,
        "super" => {
            while segments
                .get(skipped)
                .is_some_and(|segment| segment == "super")
            {
                base.pop();
                skipped += 1;
            }
        }
        _ => {
            let mut child = base.clone();
            child.push(first.clone());
            if !modules.contains(&child) {
                return segments;
            }
        }
    }
    let mut full = vec!["crate".to_owned()];
    full.extend(base);
    full.extend(segments.into_iter().skip(skipped));
    full
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;

    fn joined(text: &str) -> Vec<String> {
        let modules = Modules::from([
            vec!["a".to_owned()],
            vec!["a".to_owned(), "child".to_owned()],
        ]);
        let file = SourceFile::new("crates/x/src/a.rs", text);
        let paths = named(&file.tokens, &["a".to_owned()], &modules);
        paths.iter().map(|path| path.segments.join("::")).collect()
    }

    #[test]
    fn use_trees_are_flattened() {
        let text = "use std::{net::{self, TcpStream as S}, fmt};\nuse crate::b::*;";
        let expected = ["std::net", "std::net::TcpStream", "std::fmt", "crate::b::*"];
        assert_eq!(joined(text), expected);
    }

    #[test]
    fn own_paths_start_at_the_root() {
        let text =
            "use super::b::B;\nuse self::child::C;\npub use child::D;\nfn f() { child::g(); }";
        let expected = ["crate::b::B", "crate::a::child::C", "crate::a::child::D"];
        assert_eq!(joined(text)[..3], expected);
        assert_eq!(joined(text)[3], "crate::a::child::g");
    }

    #[test]
    fn inline_modules_shift_super() {
        assert_eq!(
            joined("mod imp { use super::X; }\nuse super::Y;"),
            ["crate::a::X", "crate::Y"]
        );
    }

    #[test]
    fn paths_in_code_are_found() {
        assert_eq!(
            joined("let x = std::time::Instant::now();"),
            ["std::time::Instant::now"]
        );
    }
}
