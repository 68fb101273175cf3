//! Citations in comments: which line keeps a requirement, which test proves it.
//!
//! `// RFC 6455 §5.1-3 MUST NOT: our words` in code, `// RFC 6455 §5.1-3 TEST` in a test; the steps
//! of the WHATWG standard as `// WHATWG websockets §close-1 step: our words`. A comment that starts
//! like a citation and is none is a fault, never silently prose.

use super::table::LEVELS;
use crate::source::{Citation, SourceFile};

/// What one comment line says to the table.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Comment {
    /// `path:line`.
    pub(super) place: String,
    pub(super) kind: Kind,
}

/// The kinds of comment the table reads.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// Code keeps the requirements, at the level it names.
    Code { ids: Vec<String>, level: String },
    /// A test proves the requirements.
    Test { ids: Vec<String> },
    /// A deliberate departure and its reason.
    Deviation(String),
    /// A citation that cannot be read, and why.
    Malformed(String),
}

/// The citations and deviations in `file`.
pub(super) fn read(file: &SourceFile) -> Vec<Comment> {
    let mut comments = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        if !line.code.trim().is_empty() {
            continue;
        }
        let text = line.comment.trim_start_matches(['/', '!']).trim();
        if let Some(kind) = kind(text, line.test) {
            comments.push(Comment {
                place: format!("{}:{}", file.path, index + 1),
                kind,
            });
        }
    }
    comments
}

fn kind(text: &str, test: bool) -> Option<Kind> {
    if let Some(reason) = text.strip_prefix("DEVIATION:") {
        return Some(Kind::Deviation(reason.trim().to_owned()));
    }
    let Citation {
        document,
        sections,
        rest,
        ..
    } = Citation::read(text)?;
    let level = level(rest);
    let is_cited = |section: &&str| section.contains('-');
    if level.is_none() && !sections.iter().any(is_cited) {
        return None;
    }
    Some(citation(document, &sections, level, test).unwrap_or_else(Kind::Malformed))
}

fn citation(
    document: &str,
    sections: &[&str],
    level: Option<&str>,
    test: bool,
) -> Result<Kind, String> {
    if let Some(section) = sections.iter().find(|section| !section.contains('-')) {
        return Err(format!(
            "§{section} needs the number of a requirement, as in §{section}-1"
        ));
    }
    let level = level.ok_or("neither `TEST` nor a level with a colon follows the section")?;
    let ids = sections
        .iter()
        .map(|section| format!("{document}-{section}"))
        .collect();
    match level {
        "TEST" => Ok(Kind::Test { ids }),
        _ if test => Err(format!("a test cites with `TEST`, not with `{level}:`")),
        _ => Ok(Kind::Code {
            ids,
            level: level.to_owned(),
        }),
    }
}

/// The level that `rest` starts with: `TEST`, `TEST: ...` or `LEVEL: ...`.
fn level(rest: &str) -> Option<&str> {
    let word = rest.split(':').next().unwrap_or(rest).trim_end();
    let words = rest.len() > word.len();
    (word == "TEST" || (words && LEVELS.contains(&word))).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(path: &str, text: &str) -> Option<Kind> {
        read(&SourceFile::new(path, text))
            .pop()
            .map(|comment| comment.kind)
    }

    fn code(text: &str) -> Option<Kind> {
        only("crates/a/src/b.rs", text)
    }

    #[test]
    fn code_names_ids_and_level() {
        let expected = Kind::Code {
            ids: vec!["6455-5.4-1".to_owned(), "6455-5.5-2".to_owned()],
            level: "MUST NOT".to_owned(),
        };
        assert_eq!(
            code("// RFC 6455 §5.4-1 §5.5-2 MUST NOT: whole frames only"),
            Some(expected)
        );
    }

    #[test]
    fn step_of_an_algorithm_is_cited_like_a_rule() {
        let expected = Kind::Code {
            ids: vec!["websockets-close.4-2".to_owned()],
            level: "step".to_owned(),
        };
        let text = "// WHATWG websockets §close.4-2 step: it fails";
        assert_eq!(code(text), Some(expected));
        assert_eq!(code("// WHATWG: \"close the WebSocket\""), None);
    }

    #[test]
    fn test_may_add_words() {
        let expected = || Kind::Test {
            ids: vec!["7692-7-1".to_owned()],
        };
        assert_eq!(
            only("crates/a/tests/b.rs", "// RFC 7692 §7-1 TEST"),
            Some(expected())
        );
        assert_eq!(code("/// RFC 7692 §7-1 TEST: each name"), Some(expected()));
    }

    #[test]
    fn prose_is_no_citation() {
        assert_eq!(code("// RFC 6455 §5.3 describes masking"), None);
        assert_eq!(code("// RFC 6455 says so"), None);
        assert_eq!(
            code("f(); // RFC 6455 §5.3-1 MUST: at the end of a line"),
            None
        );
    }

    #[test]
    fn near_misses_are_faults() {
        let fault = |text| match only("crates/a/tests/b.rs", text) {
            Some(Kind::Malformed(why)) => why,
            other => format!("{other:?}"),
        };
        assert!(fault("// RFC 6455 §5.3 TEST").contains("§5.3-1"));
        assert!(fault("// RFC 6455 §5.3-1 is kept here").contains("neither"));
        assert!(fault("// RFC 6455 §5.3-1 MUST").contains("neither"));
        assert!(fault("// RFC 6455 §5.3-1 MUST: words").contains("a test cites"));
    }

    #[test]
    fn deviation_keeps_its_reason() {
        let expected = Kind::Deviation("because".to_owned());
        assert_eq!(code("// DEVIATION: because"), Some(expected));
    }
}
