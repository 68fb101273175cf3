//! A script out of an article: its lines, the damage of extraction undone, and the lines of the
//! page that the article leaves out. Owns that a repair has something to repair.

use super::recipe::{Edit, Recipe};
use super::text::Articles;

/// The script as it can be run.
pub(super) fn assemble(recipe: &Recipe, articles: &Articles) -> Result<String, String> {
    let mut script = String::new();
    for edit in &recipe.edits {
        apply(&mut script, edit, articles)?;
    }
    Ok(script)
}

fn apply(script: &mut String, edit: &Edit, articles: &Articles) -> Result<(), String> {
    match edit {
        Edit::Add(line) => add(script, line),
        Edit::Take(places) => {
            for (article, number) in places {
                let line = articles.line(article, *number);
                add(
                    script,
                    line.ok_or_else(|| format!("there is no line {number} in {article}"))?,
                );
            }
        }
        Edit::Unnumber => {
            let lines = script.lines().map(unnumbered);
            *script = lines.fold(String::new(), |text, line| text + line + "\n");
        }
        Edit::Replace(from, to) => replace(script, from, to)?,
        Edit::Break(text) => replace(script, text, &format!("\n{text}"))?,
        Edit::Cut(text) => {
            need(script, text)?;
            let lines = script.lines().map(|line| line.split(text.as_str()).next());
            *script = lines.fold(String::new(), |all, line| {
                all + line.unwrap_or_default() + "\n"
            });
        }
    }
    Ok(())
}

fn add(script: &mut String, line: &str) {
    script.push_str(line);
    script.push('\n');
}

/// Damage that is not there was undone already, or the place is wrong.
fn need(script: &str, text: &str) -> Result<(), String> {
    if script.contains(text) {
        Ok(())
    } else {
        Err(format!("there is no `{text}` to repair"))
    }
}

fn replace(script: &mut String, from: &str, to: &str) -> Result<(), String> {
    need(script, from)?;
    *script = script.replace(from, to);
    Ok(())
}

/// The line without the number in front, of up to three digits.
fn unnumbered(line: &str) -> &str {
    let rest = line.trim_start_matches(|char: char| char.is_ascii_digit());
    let digits = line.len() - rest.len();
    match rest.strip_prefix(' ') {
        Some(rest) if (1..=3).contains(&digits) => rest,
        None if (1..=3).contains(&digits) && rest.is_empty() => rest,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::super::recipe::parse;
    use super::*;

    fn made(edits: &str) -> Result<String, String> {
        let articles = Articles::of("000", "1 one // why two\n2\n12   Three\n4000 four");
        let recipes = parse(&format!("== a\n{edits}")).unwrap();
        assemble(&recipes.scripts[0], &articles)
    }

    /// A script would be repaired into another one.
    #[test]
    fn edits_are_made_in_their_order() {
        let edits = "take 000 1-4\nunnumber\nbreak |two| a\nreplace |Three|three| b\ncut | //| c\n\
                     add 5 five";
        assert_eq!(
            made(edits).unwrap(),
            "one\ntwo\n\n  three\n4000 four\n5 five\n"
        );
    }

    /// A repair would stay after its damage was gone, or miss it.
    #[test]
    fn repair_without_damage_is_an_error() {
        for edits in ["replace |x|y| z", "break |x| z", "cut |x| z"] {
            let error = made(&format!("take 000 1\n{edits}")).unwrap_err();
            assert_eq!(error, "there is no `x` to repair");
        }
        assert_eq!(made("take 000 5").unwrap_err(), "there is no line 5 in 000");
    }
}
