//! What the source of a script says where something went wrong, which the engine does not tell:
//! what was called, and which import is meant. Owns that no other files are read. Tells nothing
//! itself.

use std::path::Path;
use std::rc::Rc;

use rquickjs::{Ctx, Function, Object, Result};

use super::Host;
use crate::entries::places;
use crate::files::{find_inside, read};
use crate::modules::plain;

/// Adds it to the object that the prelude calls.
pub(super) fn add<'js>(ctx: &Ctx<'js>, object: &Object<'js>, host: &Rc<Host>) -> Result<()> {
    let asked = Rc::clone(host);
    let called = move |file: String, line: usize, column: usize| {
        let source = asked.source(&file)?;
        callee(&source, line, column)
    };
    object.set("callee", Function::new(ctx.clone(), called)?)?;
    let asked = Rc::clone(host);
    let importer = move |name: String, module: String| asked.importer(&name, &module);
    object.set("importer", Function::new(ctx.clone(), importer)?)
}

impl Host {
    /// The source in `file`, if that is one of the page's scripts.
    fn source(&self, file: &str) -> Option<String> {
        let is_own = *self.script.borrow() == file || {
            let root = self.files.as_ref()?.root();
            find_inside(root, Path::new(file)).ok()?.is_some()
        };
        is_own.then(|| read(Path::new(file)).ok()).flatten()
    }

    /// Where `name` is imported from `module`.
    fn importer(&self, name: &str, module: &str) -> Option<String> {
        let script = self.script.borrow();
        let modules = self.modules.borrow();
        let mut files = [&*script].into_iter().chain(&*modules);
        files.find_map(|file| {
            let folder = Path::new(file).parent()?;
            let is_it = |path: &str| plain(&folder.join(path)) == Path::new(module);
            let line = import_line(&self.source(file)?, name, is_it)?;
            Some(format!("{file}:{line}"))
        })
    }
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '#')
}

/// What is called at that place, with the objects that it is of, if that is sure. The engine's
/// place is that of the last name before the call that failed: also of one in its arguments, and of
/// a call that went well inside of another. Both numbers are from 1 on, the column counts bytes.
fn callee(source: &str, line: usize, column: usize) -> Option<String> {
    let mut lines = source.split_inclusive('\n');
    let start: usize = lines
        .by_ref()
        .take(line.checked_sub(1)?)
        .map(str::len)
        .sum();
    let at = lines.next()?.get(column.checked_sub(1)?..)?;
    // Of a member in the first line the engine tells the dot.
    let skipped = usize::from(line == 1 && at.starts_with('.') && !at.starts_with(".."));
    let (before, at) = source.split_at_checked(start + column - 1 + skipped)?;
    let (owner, before) = split_owner(before);
    let is_new = owner.is_empty() && follows_word(before, &["new"]);
    // Behind `new` it is the first name, else the last.
    let is_of_it = |letter| is_of_name(letter) || is_new && letter == '.';
    let end = at.find(|letter| !is_of_it(letter)).unwrap_or(at.len());
    let (last, rest) = at.split_at(end);
    let is_name = last.starts_with(|letter: char| is_of_name(letter) && !letter.is_numeric());
    let is_error = is_new && last.ends_with("Error");
    if !is_name || is_error {
        return None;
    }
    let rest = after_arguments(rest.trim_start())?;
    if !is_last_call(before, rest) {
        return None;
    }
    let more = if owner.starts_with(['.', '?']) {
        "\u{2026}"
    } else {
        ""
    };
    Some(format!("{more}{owner}{last}"))
}

/// The names and dots at the end of `text`, and what is before them.
fn split_owner(text: &str) -> (&str, &str) {
    let before = text.trim_end_matches(|letter| is_of_name(letter) || "?.".contains(letter));
    let owner = text.get(before.len()..).unwrap_or_default();
    // Dots before a name make it an element of a list.
    let plain = owner.trim_start_matches("...");
    (
        plain,
        text.get(..text.len() - plain.len()).unwrap_or_default(),
    )
}

fn follows_word(before: &str, words: &[&str]) -> bool {
    let before = before.trim_end();
    words.iter().any(|word| {
        let rest = before.strip_suffix(word);
        rest.is_some_and(|rest| !rest.ends_with(is_of_name))
    })
}

/// What follows the arguments that `text` begins with. Gives up at what may be a regular expression
/// and at texts with code in them.
fn after_arguments(text: &str) -> Option<&str> {
    let mut deep = 0_usize;
    let mut rest = text.starts_with('(').then_some(text)?;
    loop {
        let letter = rest.chars().next()?;
        rest = rest.get(letter.len_utf8()..)?;
        match letter {
            '(' | '[' | '{' => deep += 1,
            ')' | ']' | '}' => deep = deep.checked_sub(1)?,
            '"' | '\'' | '`' => rest = after_text(rest, letter)?,
            '/' if rest.starts_with('/') => rest = rest.split_once('\n')?.1,
            '/' if rest.starts_with('*') => rest = rest.split_once("*/")?.1,
            '/' => return None,
            _ => {}
        }
        if deep == 0 {
            return Some(rest);
        }
    }
}

fn after_text(text: &str, quote: char) -> Option<&str> {
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        let rest = text.get(at + letter.len_utf8()..)?;
        match letter {
            '\\' => _ = letters.next(),
            '$' if quote == '`' && rest.starts_with('{') => return None,
            _ if letter == quote => return Some(rest),
            _ => {}
        }
    }
    None
}

/// Whether no call, and nothing else that calls, can be behind a call without a name between, which
/// would be the place then. `before` and `rest` are what is around that call.
fn is_last_call(before: &str, rest: &str) -> bool {
    const OPERATORS: [&str; 11] = ["...", "${", "-", "+", "~", "*", "/", "%", "<", "==", "`"];
    let before = before.trim_end();
    let target = before.strip_suffix('=').map_or("", str::trim_end);
    // Iterators and conversions call without a name.
    let is_converted = OPERATORS.iter().any(|end| before.ends_with(end))
        || target.ends_with([']', '}'])
        || follows_word(before, &["of", "in", "instanceof", "yield"]);
    let next = rest.trim_start();
    let space = rest.get(..rest.len() - next.len()).unwrap_or_default();
    let is_new_line = space.contains('\n');
    let is_condition = before.strip_suffix('(');
    !is_converted
        && match next.chars().next() {
            None | Some(';') => true,
            Some('}') => !before.ends_with([':', ',']),
            Some(')') => {
                before.ends_with("=>")
                    || is_condition.is_some_and(|rest| follows_word(rest, &["if", "while"]))
            }
            Some('.') => next
                .get(1..)
                .is_some_and(|rest| rest.starts_with(is_of_name)),
            Some('/') => is_new_line && (next.starts_with("//") || next.starts_with("/*")),
            Some(letter) => {
                let end = next
                    .find(|letter| !is_of_name(letter))
                    .unwrap_or(next.len());
                let word = next.get(..end).unwrap_or_default();
                is_new_line && is_of_name(letter) && !["in", "instanceof", "of"].contains(&word)
            }
        }
}

/// The line of `source` in which `name` is imported, or exported once more, from a module that
/// `is_it` says.
fn import_line(source: &str, name: &str, is_it: impl Fn(&str) -> bool) -> Option<usize> {
    places(source, "from").find_map(|(before, after)| {
        let rest = after.trim_start();
        let quote = rest.chars().next()?;
        let (path, _) = rest.strip_prefix(['"', '\''])?.split_once(quote)?;
        let starts = ["import", "export"].map(|word| before.rfind(word));
        let start = starts.into_iter().flatten().max()?;
        let statement = before.get(start..)?;
        let (place, _) = places(statement, name).next().filter(|_| is_it(path))?;
        Some(source.get(..start + place.len())?.matches('\n').count() + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who wrote the script would look for what is no function, or read another name.
    #[test]
    fn callee_is_the_name_at_its_place() {
        for (line, column, name) in [
            ("document.querySelectorX(1)", 10, "document.querySelectorX"),
            ("  nope();", 3, "nope"),
            ("a?.b.c()", 6, "a?.b.c"),
            ("f(1).go()", 6, "\u{2026}.go"),
            (".then()", 2, "\u{2026}.then"),
            ("new document.Foo()", 5, "document.Foo"),
            ("x = \u{e9}.y()", 8, "\u{e9}.y"),
            ("a.f('(', [\"\\\"\"], `)`, {}, // (\n 5 /* ( */);", 3, "a.f"),
            ("a.f(() => { return 5; })\nb()", 3, "a.f"),
            ("a.f(5).g(x)", 3, "a.f"),
            ("if (a.f(5)) {", 7, "a.f"),
            ("on(() => a.f(5))", 12, "a.f"),
            ("on(() => { a.f(5) })", 14, "a.f"),
        ] {
            let source = format!("\n{line}");
            assert_eq!(callee(&source, 2, column).as_deref(), Some(name), "{line}");
        }
        assert_eq!(callee("a.f(5);", 1, 2).as_deref(), Some("a.f"));
        assert_eq!(callee("f(5);", 1, 1).as_deref(), Some("f"));
    }

    /// Something that is a function would be blamed.
    #[test]
    fn callee_is_not_told_where_another_may_be_meant() {
        for (line, column) in [
            ("a.f(x)", 5),
            ("a.f(x.y, x.y)", 12),
            ("a.f(x.trim())", 7),
            ("a.f(x.trim(), 5)", 7),
            ("a.f({ x: x.trim() })", 12),
            ("x.trim()(5)", 3),
            ("x.trim()[\"y\"](5)", 3),
            ("x[\"y\"](5)", 1),
            ("(0, a.f)(5)", 7),
            ("a.f(function () {})", 5),
            ("a.f`x`", 3),
            ("a.f(`${x.y()}`)", 10),
            ("a.f(5 / 2)", 3),
            ("throw new TypeError('not a function');", 11),
            ("const [b] = a.f(5);", 15),
            ("for (const b of a.f(5)) {", 19),
            ("a.f(...x.y())", 10),
            ("x.y() || x(5)", 3),
            ("5()", 1),
            ("a(b)", 2),
            ("a(b)", 99),
        ] {
            let source = format!("\n{line}");
            assert_eq!(callee(&source, 2, column), None, "{line}");
        }
        for (line, column) in [(0, 1), (2, 1), (1, 0), (1, 3)] {
            assert_eq!(callee("a(b)", line, column), None, "{line}:{column}");
        }
    }

    /// The line of another import would be blamed.
    #[test]
    fn import_is_found_by_its_name_and_module() {
        let source =
            "import { a } from './b.mjs';\nimport {\n  one,\n  two as a,\n} from \"./a.mjs\";
            export { three } from './a.mjs'; import four from './a.mjs';";
        let line = |name| import_line(source, name, |path| path == "./a.mjs");
        assert_eq!(line("two"), Some(4));
        assert_eq!(line("three"), Some(6));
        assert_eq!(line("a"), Some(4));
        assert_eq!(line("b"), None);
    }
}
