//! What the documentation of a library promises: errors, cancel safety, and whose rules it keeps.
//!
//! A public function whose result can be an error has `# Errors`, one that is awaited has
//! `# Cancel safety`; a module may say either for all that is in it. A file with public items that
//! cites a rule of an RFC names the section, or one that this one is part of, in its docs or in the
//! header of a module around it. What is `pub` is public: a lint of the compiler sees to that.

use std::collections::BTreeSet;

use super::finding::{Finding, Rule};
use crate::source::{Citation, SourceFile, Token, after_bracket, at};

static ERRORS: Rule = Rule {
    name: "errors-documented",
    reason: "who calls a function decides by its errors, and cannot guess them from their type",
};
static CANCELLED: Rule = Rule {
    name: "cancel-safety-documented",
    reason: "a future that `select!` drops loses bytes or does not, and its type never says",
};
static SOURCE: Rule = Rule {
    name: "source-documented",
    reason: "a rule whose section the docs name can be checked by whoever uses what keeps it",
};

/// The crates that others build on.
const LIBRARIES: [&str; 3] = ["crates/net", "crates/proto", "crates/simd"];

/// Checks the libraries among `files`.
pub(super) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let of_library = |file: &&SourceFile| {
        let is_part = LIBRARIES.contains(&file.crate_dir()) && file.module().is_some();
        is_part && !file.test
    };
    let library: Vec<&SourceFile> = files.iter().filter(of_library).collect();
    let mut findings = Vec::new();
    for file in &library {
        let around = headers_around(file, &library);
        findings.extend(check_functions(file, &around));
        findings.extend(check_sources(file, &around));
    }
    findings
}

/// The headers of `file` and of the modules that it is in, in one text.
fn headers_around(file: &SourceFile, library: &[&SourceFile]) -> String {
    let module = file.module().unwrap_or_default();
    let is_around = |other: &&&SourceFile| {
        let around = other.module().unwrap_or_default();
        let is_root = around.is_empty() && !module.is_empty();
        other.crate_dir() == file.crate_dir() && !is_root && module.starts_with(&around)
    };
    let around = library.iter().filter(is_around);
    around.map(|file| docs(file, &["//!"])).collect()
}

/// The comments of `file` that begin with one of `slashes`, without citations.
fn docs(file: &SourceFile, slashes: &[&str]) -> String {
    let comments = file.lines.iter().filter(|line| !line.test);
    let comments = comments.map(|line| line.comment.trim());
    let docs = comments.filter(|comment| {
        let is_doc = slashes.iter().any(|slashes| comment.starts_with(slashes));
        is_doc && cited(comment).is_empty()
    });
    docs.flat_map(|comment| [comment.trim_start_matches(['/', '!']), "\n"])
        .collect()
}

fn check_functions(file: &SourceFile, around: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, token) in file.tokens.iter().enumerate() {
        if token.test || !is_public(file, index) {
            continue;
        }
        let Some(function) = Function::at(&file.tokens, index) else {
            continue;
        };
        let doc = doc_above(file, token.line) + around;
        let mut demand = |rule, heading: &str| {
            if !doc.lines().any(|line| line.trim() == heading) {
                let what = format!("`{}` has no `{heading}`", function.name);
                findings.push(Finding::new(rule, &file.path, token.line, what));
            }
        };
        if function.answers(&["Result"]) {
            demand(&ERRORS, "# Errors");
        }
        if function.is_async || function.answers(&["Future"]) {
            demand(&CANCELLED, "# Cancel safety");
        }
    }
    findings
}

/// Whether the token at `index` makes an item public.
fn is_public(file: &SourceFile, index: usize) -> bool {
    at(&file.tokens, index, &["pub"]) && !at(&file.tokens, index + 1, &["("])
}

/// What the signature of a function says.
struct Function<'a> {
    name: &'a str,
    is_async: bool,
    answer: &'a [Token],
}

impl<'a> Function<'a> {
    /// The function whose `pub` is at `index`.
    fn at(tokens: &'a [Token], index: usize) -> Option<Self> {
        let qualifiers = tokens.get(index + 1..)?;
        let len = qualifiers.iter().position(|token| token.text == "fn")?;
        let qualifiers = qualifiers.get(..len)?;
        let known = ["async", "const", "extern", "unsafe", "\"\""];
        if !qualifiers.iter().all(|one| known.contains(&&*one.text)) {
            return None;
        }
        let name = index + len + 2;
        let open = after_generics(tokens, name + 1);
        let answer = tokens.get(after_bracket(tokens, open)..)?;
        let end = answer
            .iter()
            .position(|token| ["{", ";", "where"].contains(&&*token.text));
        Some(Self {
            name: &tokens.get(name)?.text,
            is_async: qualifiers.iter().any(|one| one.text == "async"),
            answer: answer.get(..end.unwrap_or(answer.len()))?,
        })
    }

    fn answers(&self, words: &[&str]) -> bool {
        let mut words_in = self.answer.iter();
        words_in.any(|token| words.contains(&&*token.text))
    }
}

/// The index behind the `<..>` that may be at `index`.
fn after_generics(tokens: &[Token], index: usize) -> usize {
    let (mut depth, mut next) = (0_usize, index);
    while let Some(token) = tokens.get(next) {
        match token.text.as_str() {
            "<" => depth += 1,
            // Not that of an arrow.
            ">" if !at(tokens, next - 1, &["-"]) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return if token.text == ">" { next + 1 } else { next };
        }
        next += 1;
    }
    next
}

/// The doc of the item at `line`, counted from 1: what stands above it, attributes in between.
fn doc_above(file: &SourceFile, line: usize) -> String {
    let above = file.lines.get(..line - 1).unwrap_or_default();
    let of_item = above.iter().rev().take_while(|line| {
        let code = line.code.trim_end();
        let is_empty = code.trim().is_empty() && line.comment.is_empty();
        !is_empty && !code.ends_with(['{', '}', ';'])
    });
    let docs: Vec<_> = of_item
        .filter_map(|line| line.comment.trim().strip_prefix("///"))
        .collect();
    docs.into_iter()
        .rev()
        .flat_map(|line| [line, "\n"])
        .collect()
}

fn check_sources(file: &SourceFile, around: &str) -> Vec<Finding> {
    if !file
        .tokens
        .iter()
        .enumerate()
        .any(|(index, token)| !token.test && is_public(file, index))
    {
        return Vec::new();
    }
    let named = named(&(docs(file, &["//!", "///"]) + around));
    let mut findings = Vec::new();
    let mut known = BTreeSet::new();
    for (number, line) in (1..).zip(&file.lines) {
        let is_citation = line.code.trim().is_empty() && !line.test;
        for (rfc, section) in cited(line.comment.trim()) {
            let parts = section.match_indices('.').map(|(end, _)| &section[..end]);
            let mut ways = parts.chain([section]);
            let is_named = ways.any(|part| named.contains(&(rfc.to_owned(), part.to_owned())));
            if is_citation && !is_named && known.insert((rfc, section)) {
                let what = format!("the docs do not name RFC {rfc} §{section}, which is kept here");
                findings.push(Finding::new(&SOURCE, &file.path, number, what));
            }
        }
    }
    findings
}

/// The sections of the rules that a comment cites, each with the number of its RFC.
fn cited(comment: &str) -> Vec<(&str, &str)> {
    let citation = Citation::read(comment).filter(|citation| citation.publisher == "RFC");
    let rules = citation.into_iter().flat_map(|citation| {
        let sections = citation.sections.into_iter();
        sections.map(move |section| (citation.document, section))
    });
    rules
        .filter_map(|(rfc, rule)| Some((rfc, rule.rsplit_once('-')?.0)))
        .collect()
}

/// The sections that prose names: `RFC 6455 §5.4`, `RFC 7692 sections 5 and 7.1`.
fn named(prose: &str) -> BTreeSet<(String, String)> {
    let mut sections = BTreeSet::new();
    let (mut rfc, mut is_list) = ("", false);
    let mut before = "";
    for word in prose.split_whitespace() {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '§');
        let number = inner.trim_start_matches('§');
        let is_number = number.starts_with(|c: char| c.is_ascii_digit());
        if before.ends_with("RFC") {
            rfc = inner;
        } else if is_number && (is_list || inner.starts_with('§')) {
            sections.insert((rfc.to_owned(), number.to_owned()));
        }
        is_list = inner.starts_with("section") || (is_list && (is_number || inner == "and"));
        before = word;
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::super::finding::names;
    use super::*;

    fn broken(text: &str) -> Vec<&'static str> {
        names(&check(&[SourceFile::new("crates/net/src/a.rs", text)]))
    }

    /// Fails if a function that can fail or be dropped need not say how.
    #[test]
    fn function_that_fails_or_is_awaited_says_so() {
        let errors = ["errors-documented"];
        assert_eq!(broken("/// A.\npub fn a() -> Result<()> {}"), errors);
        let generic = "pub fn a<F: Fn(u8) -> u8>(f: F) -> Poll<io::Result<()>>\nwhere F: B {}";
        assert_eq!(broken(generic), errors);
        let cancelled = ["cancel-safety-documented"];
        assert_eq!(broken("pub async fn a() {}"), cancelled);
        assert_eq!(
            broken("pub fn a() -> impl Future<Output = u8> {}"),
            cancelled
        );
        let both = "/// # Errors\n/// All.\n///\n/// # Cancel safety\n/// Safe.\n\
            #[expect(\n    lint,\n    reason = \"b\"\n)]\npub async fn a() -> Result<()> {}";
        assert!(broken(both).is_empty());
        let of_another = "/// # Errors\npub fn a() -> Result<()> {}\n\npub fn b() -> Result<()> {}";
        assert_eq!(broken(of_another), errors);
    }

    #[test]
    fn what_need_not_be_documented_passes() {
        for text in [
            "fn a() -> Result<()> {}",
            "pub(crate) async fn a() {}",
            "pub fn a(f: impl Fn() -> Result<()>) -> u8 {}",
            "#[cfg(test)]\nmod tests { pub fn a() -> Result<()> {} }",
            "//! # Errors\n//! The same for all.\npub fn a() -> Result<()> {}",
        ] {
            assert!(broken(text).is_empty(), "{text}");
        }
    }

    /// Fails if a file may keep rules of an RFC and tell its readers nothing of it.
    #[test]
    fn section_whose_rule_is_kept_is_named() {
        let keeps =
            |header: &str| format!("//! {header}\npub fn a() {{\n// RFC 6455 §5.4-1 MUST: b.\n}}");
        for named in [
            "Frames (RFC 6455 §5.4).",
            "Frames, RFC 6455 §5: all.",
            "RFC 7692 §1, RFC 6455 sections 4, 5 and 7.",
        ] {
            assert!(broken(&keeps(named)).is_empty(), "{named}");
        }
        for other in [
            "Frames.",
            "RFC 7692 §5.4.",
            "RFC 6455 §5.5.",
            "RFC 6455, 5.4 of it.",
        ] {
            assert_eq!(broken(&keeps(other)), ["source-documented"], "{other}");
        }
    }

    #[test]
    fn header_of_a_module_around_counts_and_that_of_the_crate_does_not() {
        let file = |path: &str, text: &str| SourceFile::new(path, text);
        let rule = "pub fn a() {\n// RFC 6455 §5.4-1 MUST: b.\n}";
        let inner = || file("crates/net/src/b/c.rs", rule);
        let around = file("crates/net/src/b.rs", "//! RFC 6455 §5");
        assert!(check(&[inner(), around]).is_empty());
        let root = file("crates/net/src/lib.rs", "//! RFC 6455 §5");
        assert_eq!(names(&check(&[inner(), root])), ["source-documented"]);
    }
}
