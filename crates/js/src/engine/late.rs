//! Built-in functions that the engine makes only when they are read first. Owns that they are read
//! while there is memory. Knows no page.
//!
//! QuickJS-ng 0.16 keeps three of them as its own scripts; one that runs out of memory while it is
//! made leaves objects behind that nobody frees. An engine that has such objects is never ended
//! (`leave`), which would end the process; so they are read beforehand where that costs little.

use rquickjs::{Ctx, Object, Result, Value};

/// Small, and often used.
const FEW: [(&str, &[&str]); 1] = [("Array", &["fromAsync"])];

/// Ten kilobytes, and rarely used.
const MORE: [(&str, &[&str]); 1] = [("Iterator", &["zip", "zipKeyed"])];

/// What a source says that may get at these.
const WORDS: [&str; 3] = ["Iterator", "constructor", "zip"];

/// Reads all of them; of a context that shares its engine those that cost little.
pub(super) fn read_some(ctx: &Ctx<'_>, is_sharing: bool) -> Result<()> {
    read(ctx, &FEW)?;
    if is_sharing { Ok(()) } else { read(ctx, &MORE) }
}

/// Reads the others, if `source` may.
pub(crate) fn read_for(ctx: &Ctx<'_>, source: &str) -> Result<()> {
    if WORDS.iter().any(|word| source.contains(word)) {
        read(ctx, &MORE)?;
    }
    Ok(())
}

fn read(ctx: &Ctx<'_>, functions: &[(&str, &[&str])]) -> Result<()> {
    for (owner, names) in functions {
        let owner: Object<'_> = ctx.globals().get(*owner)?;
        for name in *names {
            owner.get::<_, Value<'_>>(*name)?;
        }
    }
    Ok(())
}
