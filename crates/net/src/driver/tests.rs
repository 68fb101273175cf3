//! What the parts of an idle connection take: the items of `docs/memory.md`.

use super::*;

#[test]
fn connection_takes_what_the_docs_say() {
    let docs = include_str!("../../../../docs/memory.md");
    let words = 2 * size_of::<usize>();
    let items = [
        ("`proto::Connection`", size_of::<Connection>()),
        ("`Outbox`", size_of::<Outbox>()),
        ("`Core` without these", core_without_parts()),
        (
            "`Shared` around it",
            size_of::<Shared<()>>() - size_of::<Core<()>>(),
        ),
        ("`Arc`'s two counters", words),
    ];
    for (name, len) in items {
        let line = docs.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("docs/memory.md has no line about {name}"));
        assert!(
            line.ends_with(&format!("| {len} |")),
            "{name} takes {len}: {line}"
        );
    }
}

fn core_without_parts() -> usize {
    size_of::<Core<()>>() - size_of::<Connection>() - size_of::<Outbox>()
}

#[test]
fn rare_state_takes_a_word_as_long_as_there_is_none() {
    assert_eq!(size_of::<Option<Box<Rare>>>(), size_of::<usize>());
}
