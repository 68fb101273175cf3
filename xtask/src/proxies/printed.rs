//! A configuration as a guide prints it, in which places and times are replaced and nothing else.
//! Never makes up a line: a text that no longer has what would be replaced is a fault.

/// The fence of the server's own configuration.
pub(super) const SOCKEYE: &str = "toml";
/// Where the guide mounts the server.
pub(super) const MOUNT: &str = "/talk";
/// Where the guide has the server listen.
pub(super) const SOCKET: &str = "/run/sockeye/sockeye.sock";

/// A text of the guide.
#[derive(Debug)]
pub(super) struct Text(String);

impl Text {
    /// The only block of `guide` with this word behind its fence.
    pub(super) fn in_guide(guide: &str, fence: &str) -> Result<Self, String> {
        let opening = format!("```{fence}\n");
        let mut parts = guide.split(opening.as_str());
        let (_, after) = (parts.next(), parts.next());
        let block = after.and_then(|after| Some(after.split_once("```")?.0));
        match (block, parts.next()) {
            (Some(block), None) => Ok(Self(block.to_owned())),
            (None, _) => Err(format!("the guide has no block of {fence}")),
            (_, Some(_)) => Err(format!("the guide has several blocks of {fence}")),
        }
    }

    /// Replaces each `from`, of which there must be one at least.
    pub(super) fn replace(&mut self, from: &str, to: &str) -> Result<(), String> {
        if !self.0.contains(from) {
            return Err(format!("the guide's configuration has no `{from}`"));
        }
        self.0 = self.0.replace(from, to);
        Ok(())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    const GUIDE: &str = "a\n```one\nx: 1\ny: 1\n```\nb\n```two\n```\n```two\n```\n";

    /// Fails if something else than what is printed would be tried.
    #[test]
    fn block_is_what_stands_between_its_fences() {
        let mut text = Text::in_guide(GUIDE, "one").unwrap();
        assert_eq!(text.as_str(), "x: 1\ny: 1\n");
        text.replace("1", "2").unwrap();
        assert_eq!(text.as_str(), "x: 2\ny: 2\n");
    }

    /// Fails if a guide could change without the verb noticing.
    #[test]
    fn what_is_not_there_or_ambiguous_is_a_fault() {
        Text::in_guide(GUIDE, "three").unwrap_err();
        Text::in_guide(GUIDE, "two").unwrap_err();
        let mut text = Text::in_guide(GUIDE, "one").unwrap();
        text.replace("3", "2").unwrap_err();
    }
}
