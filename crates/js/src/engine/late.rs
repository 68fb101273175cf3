//! Built-in functions that the engine makes only when they are read first. Owns that they are read
//! while there is memory. Knows no page.
//!
//! QuickJS-ng 0.16 keeps three of them as its own scripts; one that runs out of memory while it is
//! made leaves objects behind that nobody frees. An engine that has such objects is never ended
//! (`leave`), which would end the process; so they are read beforehand, in an engine that is shared
//! for scripts that may get at them.

use rquickjs::{Ctx, Function, Object, Result, Value};

/// A function, with what a source says that may get at it.
struct Late {
    owner: &'static str,
    names: &'static [&'static str],
    words: &'static [&'static str],
}

/// Two kilobytes the first, ten the others.
const ALL: [Late; 2] = [
    Late {
        owner: "Array",
        names: &["fromAsync"],
        words: &["Array", "constructor", "fromAsync"],
    },
    Late {
        owner: "Iterator",
        names: &["zip", "zipKeyed"],
        words: &["Iterator", "constructor", "zip"],
    },
];

/// Reads all of them, unless the context shares its engine: they would be a tenth of what it takes.
pub(super) fn read_all(ctx: &Ctx<'_>, is_sharing: bool) -> Result<()> {
    let all = ALL.iter().filter(|_| !is_sharing);
    { all }.try_for_each(|late| read(ctx, late))
}

/// Reads those that `source` may get at. No accessor of a script's is asked: `describe` is
/// `Object.getOwnPropertyDescriptor`.
pub(crate) fn read_for<'js>(ctx: &Ctx<'js>, describe: &Function<'js>, source: &str) -> Result<()> {
    let may_read = |late: &&Late| late.words.iter().any(|word| source.contains(word));
    for late in ALL.iter().filter(may_read) {
        let found: Value<'js> = describe.call((ctx.globals(), late.owner))?;
        let Some(found) = found.into_object() else {
            continue;
        };
        if let Some(owner) = found.get::<_, Value<'js>>("value")?.into_object() {
            let mut names = late.names.iter();
            names.try_for_each(|name| {
                describe
                    .call::<_, Value<'js>>((owner.clone(), *name))
                    .map(drop)
            })?;
        }
    }
    Ok(())
}

fn read(ctx: &Ctx<'_>, late: &Late) -> Result<()> {
    let owner: Object<'_> = ctx.globals().get(late.owner)?;
    let mut names = late.names.iter();
    names.try_for_each(|name| owner.get::<_, Value<'_>>(*name).map(drop))
}
