//! Who may do what, as data. Owns the judgement of one operation; where the rules come from (a
//! token, a configuration) is not its business.

use std::sync::Arc;

use crate::limits::PERMISSION_RULES_MAX;
use crate::name::ChannelName;

/// What a session may want with a channel.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: each is a bit of `Operations`.
pub enum Operation {
    /// To get its publications from then on, and to have a name in it where members have names.
    Subscribe,
    /// To publish to it.
    Publish,
    /// To read what was published before: by [`Command::History`](crate::Command::History), and as
    /// what a subscription begins with, which a rule has to [`Allow`](Grant::Allow). Without it a
    /// subscriber gets no replay, and is recovered only where it missed nothing: whoever could
    /// recover from any position would have read all that is kept.
    History,
    /// To see who is there: lists and counts, and as a subscriber, where a rule
    /// [`allows`](Grant::Allow) it, who comes and goes.
    Presence,
}

impl Operation {
    /// Its name, for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Publish => "publish",
            Self::History => "history",
            Self::Presence => "presence",
        }
    }
}

/// A set of operations.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Operations(u8);

impl Operations {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(0b1111);

    /// This set and the operation.
    #[must_use]
    pub const fn with(self, operation: Operation) -> Self {
        Self(self.0 | Self::bit(operation))
    }

    /// Whether the operation is in it.
    pub const fn has(self, operation: Operation) -> bool {
        self.0 & Self::bit(operation) != 0
    }

    const fn bit(operation: Operation) -> u8 {
        match operation {
            Operation::Subscribe => 1,
            Operation::Publish => 2,
            Operation::History => 4,
            Operation::Presence => 8,
        }
    }
}

/// Which channels a rule is about.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete until channels can be matched otherwise.
pub enum Pattern {
    /// All of them.
    All,
    /// The one with this name.
    Exact(Box<str>),
    /// Those whose names start so.
    Prefix(Box<str>),
}

impl Pattern {
    fn matches(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Exact(exact) => **exact == *name,
            Self::Prefix(prefix) => name.starts_with(&**prefix),
        }
    }
}

/// What a rule says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
// Complete: yes, no, and somebody else knows.
pub enum Grant {
    /// It may be done.
    Allow,
    /// It may not.
    Deny,
    /// Somebody outside of the hub decides, each time it is wanted.
    Ask,
}

/// One rule: what it says of these operations on these channels.
#[derive(Clone, Debug, Eq, PartialEq)]
// Complete: that is what a rule is.
pub struct Rule {
    /// Which channels.
    pub pattern: Pattern,
    /// Which operations.
    pub operations: Operations,
    /// What it says.
    pub grant: Grant,
}

/// What a session may do: the first rule that is about the operation and the channel decides, and
/// what no rule is about is denied. Shared by all sessions that have the same.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Permissions(Arc<[Rule]>);

impl Permissions {
    /// Nothing is allowed.
    pub fn none() -> Self {
        Self(Arc::new([]))
    }

    /// Everything is allowed.
    pub fn all() -> Self {
        Self(Arc::new([Rule {
            pattern: Pattern::All,
            operations: Operations::ALL,
            grant: Grant::Allow,
        }]))
    }

    /// Takes rules, in their order. More than [`PERMISSION_RULES_MAX`] are `None`: cutting a list
    /// of rules would change what it means.
    pub fn new(rules: Vec<Rule>) -> Option<Self> {
        (rules.len() <= PERMISSION_RULES_MAX).then(|| Self(rules.into()))
    }

    /// Whether they allow an operation on a channel without asking anybody.
    pub fn allow(&self, operation: Operation, channel: &ChannelName) -> bool {
        self.judge(operation, channel) == Grant::Allow
    }

    /// What they say of an operation on a channel.
    pub fn judge(&self, operation: Operation, channel: &ChannelName) -> Grant {
        let applies =
            |rule: &&Rule| rule.operations.has(operation) && rule.pattern.matches(channel.as_str());
        self.0
            .iter()
            .find(applies)
            .map_or(Grant::Deny, |rule| rule.grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pattern: Pattern, operations: Operations, grant: Grant) -> Rule {
        Rule {
            pattern,
            operations,
            grant,
        }
    }

    /// If this fails, somebody reads or writes where they may not.
    #[test]
    fn first_rule_that_applies_decides_and_none_denies() {
        let subscribe = Operations::NONE.with(Operation::Subscribe);
        let rules = vec![
            rule(
                Pattern::Exact("room:secret".into()),
                Operations::ALL,
                Grant::Deny,
            ),
            rule(Pattern::Prefix("room:".into()), subscribe, Grant::Allow),
            rule(
                Pattern::All,
                Operations::NONE.with(Operation::Publish),
                Grant::Ask,
            ),
        ];
        let permissions = Permissions::new(rules).unwrap();
        let judge =
            |operation, name: &str| permissions.judge(operation, &ChannelName::new(name).unwrap());
        assert_eq!(judge(Operation::Subscribe, "room:1"), Grant::Allow);
        assert_eq!(judge(Operation::Publish, "room:1"), Grant::Ask);
        assert_eq!(judge(Operation::Publish, "room:secret"), Grant::Deny);
        assert_eq!(judge(Operation::Subscribe, "lobby"), Grant::Deny);
        assert_eq!(judge(Operation::History, "room:1"), Grant::Deny);
        assert_eq!(judge(Operation::Presence, "room:1"), Grant::Deny);
    }

    /// If this fails, "everything" and "nothing" are not what they say.
    #[test]
    fn all_and_none() {
        let channel = ChannelName::new("x").unwrap();
        for operation in [
            Operation::Subscribe,
            Operation::Publish,
            Operation::History,
            Operation::Presence,
        ] {
            assert_eq!(Permissions::all().judge(operation, &channel), Grant::Allow);
            assert_eq!(Permissions::none().judge(operation, &channel), Grant::Deny);
        }
    }

    /// If this fails, a token with rules without end makes each command of its session expensive.
    #[test]
    fn too_many_rules_are_refused_whole() {
        let rules = |count| vec![rule(Pattern::All, Operations::ALL, Grant::Deny); count];
        assert!(Permissions::new(rules(PERMISSION_RULES_MAX)).is_some());
        assert!(Permissions::new(rules(PERMISSION_RULES_MAX + 1)).is_none());
    }
}
