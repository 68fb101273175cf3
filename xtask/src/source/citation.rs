//! The form of a citation in a comment: `RFC 6455 §5.4-1, §5.5-2 ...`. Owns how one is taken apart;
//! whether it stands where it may, and says what it must, is judged elsewhere.

/// A comment line that begins like a citation.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Citation<'a> {
    /// `RFC` or `WHATWG`.
    pub(crate) publisher: &'a str,
    /// The document's number or name.
    pub(crate) document: &'a str,
    /// What stands behind each `§`: a section, or a rule of one such as `5.4-1`.
    pub(crate) sections: Vec<&'a str>,
    /// What follows them.
    pub(crate) rest: &'a str,
}

impl<'a> Citation<'a> {
    /// The one that `comment` is, with or without its slashes.
    pub(crate) fn read(comment: &'a str) -> Option<Self> {
        let text = comment.trim_start_matches(['/', '!']).trim();
        let (publisher, text) = text.split_once(' ')?;
        let (document, mut rest) = text.split_once(' ')?;
        let mut sections = Vec::new();
        while let Some(section) = rest.strip_prefix('§') {
            let (section, after) = section.split_once(' ').unwrap_or((section, ""));
            sections.push(section.trim_end_matches(','));
            rest = after;
        }
        let is_one = ["RFC", "WHATWG"].contains(&publisher) && !sections.is_empty();
        is_one.then_some(Self {
            publisher,
            document,
            sections,
            rest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, citations are taken for prose, and rules count as kept by nobody.
    #[test]
    fn citation_is_taken_apart() {
        let two = Citation {
            publisher: "RFC",
            document: "6455",
            sections: vec!["5.4-1", "5.5"],
            rest: "MUST NOT: a b",
        };
        let text = "/// RFC 6455 §5.4-1, §5.5 MUST NOT: a b";
        assert_eq!(Citation::read(text), Some(two));
        let last = Citation::read("WHATWG websockets §close-1").unwrap();
        assert_eq!((&*last.sections, last.rest), (&["close-1"][..], ""));
        for prose in [
            "// RFC 6455 says",
            "// RFC",
            "// ISO 1 §2",
            "//! See RFC 6455 §5.4-1",
        ] {
            assert_eq!(Citation::read(prose), None, "{prose}");
        }
    }
}
