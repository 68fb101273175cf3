//! What a token's `permissions` let its bearer do with channels. Owns the words of the claim; the
//! hub judges by what comes of it.

use std::collections::BTreeMap;

use sockeye_hub::{Grant, Operation, Operations, Pattern, Permissions, Rule};

/// The actions that a token may name, and what they are to the hub. Others are no business of ours.
const ACTIONS: [(&str, Operation); 4] = [
    ("history", Operation::History),
    ("presence", Operation::Presence),
    ("publish", Operation::Publish),
    ("subscribe", Operation::Subscribe),
];

/// What somebody may do: what the claim says and nothing else, or everything without one. An object
/// is a channel's name, or the beginning of names and a `*`.
pub(super) fn granted(claim: Option<&BTreeMap<String, Vec<String>>>) -> Permissions {
    let Some(claim) = claim else {
        return Permissions::all();
    };
    let rules = claim.iter().flat_map(|(action, objects)| {
        let known = ACTIONS.iter().find(|(name, _)| name == action);
        let operations = known.map(|(_, operation)| Operations::NONE.with(*operation));
        let rule = |operations| move |object: &String| rule(object, operations);
        operations
            .into_iter()
            .flat_map(move |operations| objects.iter().map(rule(operations)))
    });
    // A token has fewer than the hub takes; if not, none is better than some.
    Permissions::new(rules.collect()).unwrap_or_else(Permissions::none)
}

fn rule(object: &str, operations: Operations) -> Rule {
    let pattern = match object.strip_suffix('*') {
        Some("") => Pattern::All,
        Some(prefix) => Pattern::Prefix(prefix.into()),
        None => Pattern::Exact(object.into()),
    };
    Rule {
        pattern,
        operations,
        grant: Grant::Allow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockeye_hub::ChannelName;

    fn may(permissions: &Permissions, operation: Operation, channel: &str) -> bool {
        let channel = ChannelName::new(channel).unwrap();
        permissions.judge(operation, &channel) == Grant::Allow
    }

    /// If this fails, a token that permits one room opens others, or one that says nothing none.
    #[test]
    fn claim_permits_what_it_names_and_nothing_else() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        let claim = BTreeMap::from([
            ("subscribe".to_owned(), words(&["chat:*", "plain:tea"])),
            ("publish".to_owned(), words(&["chat:tea"])),
            ("fly".to_owned(), words(&["*"])),
        ]);
        let some = granted(Some(&claim));
        for (operation, channel, is_allowed) in [
            (Operation::Subscribe, "chat:anything", true),
            (Operation::Subscribe, "plain:tea", true),
            (Operation::Subscribe, "plain:tea2", false),
            (Operation::Publish, "chat:tea", true),
            (Operation::Publish, "chat:coffee", false),
            (Operation::Presence, "chat:tea", false),
        ] {
            assert_eq!(
                may(&some, operation, channel),
                is_allowed,
                "{operation:?} {channel}"
            );
        }
        let none = granted(Some(&BTreeMap::new()));
        let all = granted(None);
        for (_, operation) in ACTIONS {
            assert!(may(&all, operation, "any") && !may(&none, operation, "any"));
        }
    }
}
