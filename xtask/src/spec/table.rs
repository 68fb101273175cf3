//! The requirement tables: what an RFC demands, or a step of a standard does, in our words.
//!
//! Invariant: ids are unique, and the numbers of a section run from 1 without a gap, so that a
//! requirement cannot be dropped unseen.

use crate::toml;

/// How strongly the RFC says it; `must` is a rule that the RFC writes in lower case, `step` one of
/// an algorithm, all of which are to be followed.
pub(super) const LEVELS: [&str; 6] = ["MUST NOT", "MUST", "SHOULD", "RECOMMENDED", "must", "step"];
const KEYS: [&str; 5] = ["id", "level", "who", "text", "exception"];

/// One entry of a table.
#[derive(Debug)]
pub(super) struct Requirement {
    /// Document, section and number, such as `6455-5.1-3` or `websockets-close.4-2`.
    pub(super) id: String,
    pub(super) level: String,
    pub(super) who: String,
    pub(super) text: String,
    /// Why it does not apply to us.
    pub(super) exception: Option<String>,
}

/// The requirements in `text`, or the first thing that is wrong with it.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let mut requirements: Vec<Requirement> = Vec::new();
    for table in toml::parse(text)? {
        if table.name.is_empty() && table.entries.is_empty() {
            continue;
        }
        let requirement = requirement(&table)?;
        let before = requirements.last().map(|last| last.id.as_str());
        follows(before, &requirement.id)
            .map_err(|error| format!("line {}: {error}", table.line))?;
        if requirements.iter().any(|other| other.id == requirement.id) {
            let id = requirement.id;
            return Err(format!("line {}: `{id}` is there already", table.line));
        }
        requirements.push(requirement);
    }
    Ok(requirements)
}

fn requirement(table: &toml::Table) -> Result<Requirement, String> {
    let at = |line: usize, what: &str| format!("line {line}: {what}");
    if table.name != "requirement" {
        return Err(at(table.line, "only `[[requirement]]` may stand here"));
    }
    if let Some(entry) = table
        .entries
        .iter()
        .find(|entry| !KEYS.contains(&entry.key.as_str()))
    {
        return Err(at(entry.line, &format!("unknown key `{}`", entry.key)));
    }
    let text = |key: &str| match table.entry(key) {
        None => Err(at(table.line, &format!("`{key}` is missing"))),
        Some(entry) => match entry.string() {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(at(entry.line, &format!("`{key}` is no plain string"))),
        },
    };
    let level = text("level")?;
    if !LEVELS.contains(&level.as_str()) {
        return Err(at(table.line, &format!("unknown level `{level}`")));
    }
    Ok(Requirement {
        id: text("id")?,
        level,
        who: text("who")?,
        text: text("text")?,
        exception: table
            .entry("exception")
            .map(|_| text("exception"))
            .transpose()?,
    })
}

/// Checks that `id` may come after `before`.
fn follows(before: Option<&str>, id: &str) -> Result<(), String> {
    let (section, number) =
        split(id).ok_or_else(|| format!("`{id}` is no DOCUMENT-SECTION-NUMBER"))?;
    let expected = match before.and_then(split) {
        Some((last, count)) if last == section => count + 1,
        _ => 1,
    };
    if number == expected {
        Ok(())
    } else {
        Err(format!("`{id}` should be `{section}-{expected}`"))
    }
}

/// `6455-5.1-3` is section `6455-5.1` and number 3. Parts of a section are numbers, or names of
/// algorithms with the numbers of their steps.
fn split(id: &str) -> Option<(&str, usize)> {
    let (section, number) = id.rsplit_once('-')?;
    let (document, inner) = section.split_once('-')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let letters =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_rfc = digits(document) && inner.split('.').all(digits);
    let is_standard = letters(document)
        && inner.starts_with(|first: char| first.is_ascii_lowercase())
        && inner.split('.').all(|part| digits(part) || letters(part));
    if !is_rfc && !is_standard {
        return None;
    }
    Some((section, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, level: &str) -> String {
        format!(
            "[[requirement]]\nid = \"{id}\"\nlevel = \"{level}\"\nwho = \"both\"\ntext = \"t\"\n"
        )
    }

    #[test]
    fn entry_is_read_whole() {
        let text = entry("6455-5.1-1", "MUST NOT") + "exception = \"why\"\n";
        let parsed = parse(&text).unwrap();
        assert_eq!(parsed[0].id, "6455-5.1-1");
        assert_eq!(parsed[0].exception.as_deref(), Some("why"));
    }

    #[test]
    fn steps_have_the_names_of_their_algorithms() {
        let text = entry("websockets-close-1", "step") + &entry("websockets-close.4-1", "step");
        assert_eq!(parse(&text).unwrap().len(), 2);
        for id in [
            "websockets-4-1",
            "websockets-Close-1",
            "6455-close-1",
            "websockets-close.-1",
        ] {
            let error = parse(&entry(id, "step")).unwrap_err();
            assert!(error.contains("DOCUMENT-SECTION-NUMBER"), "{id}");
        }
    }

    #[test]
    fn faults_are_named_with_their_line() {
        let error = |text: &str| parse(text).unwrap_err();
        assert!(error(&entry("6455-5.1-2", "MUST")).contains("should be `6455-5.1-1`"));
        let twice = entry("6455-5.1-1", "MUST") + &entry("6455-5.1-1", "MUST");
        assert!(error(&twice).starts_with("line 6:"));
        let again = entry("1-1-1", "MUST") + &entry("1-2-1", "MUST") + &entry("1-1-1", "MUST");
        assert_eq!(error(&again), "line 11: `1-1-1` is there already");
        assert!(error(&entry("6455-x-1", "MUST")).contains("DOCUMENT-SECTION-NUMBER"));
        assert!(error(&entry("6455-5.1-1", "MAY")).contains("unknown level"));
        assert!(error("[[requirement]]\nid = \"1-1-1\"\n").contains("`level` is missing"));
        assert!(error("[[requirement]]\nwhy = \"x\"\n").contains("unknown key"));
        assert!(error("[other]\n").contains("only `[[requirement]]`"));
    }
}
