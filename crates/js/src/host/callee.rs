//! The name of what was called that is no function, read from the source at the engine's place.
//! Owns that none is told where another call may be meant. Reads no file, and knows no page.

/// What is called at that place, with the objects that it is of, if that is sure. The engine's
/// place is that of the last name before the call that failed: also of one in its arguments, and of
/// a call that went well inside of another. Both numbers are from 1 on, the column counts bytes.
pub(super) fn callee(source: &str, line: usize, column: usize) -> Option<String> {
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
    if !starts_with_name(last) {
        return None;
    }
    let rest = rest.trim_start();
    if owner.is_empty() && !is_new && !rest.starts_with('(') {
        return callee_of_argument(before, rest);
    }
    named(before, owner, last, after_arguments(rest)?)
}

/// The call with those names, if it can only be that: `before` and `rest` are around it.
fn named(before: &str, owner: &str, last: &str, rest: &str) -> Option<String> {
    // A script may throw an error with these words.
    if last.ends_with("Error") || !is_last_call(before, rest) {
        return None;
    }
    let more = if owner.starts_with(['.', '?']) {
        "\u{2026}"
    } else {
        ""
    };
    let is_far = owner.is_empty() && before.trim_end().ends_with('.');
    let dot = if is_far { "\u{2026}." } else { "" };
    Some(format!("{dot}{more}{owner}{last}"))
}

/// What is called with arguments of which the last name is between `before` and `rest`, if all of
/// them are names, numbers and texts.
fn callee_of_argument(before: &str, rest: &str) -> Option<String> {
    const KEYWORDS: [&str; 8] = [
        "if", "while", "for", "switch", "with", "catch", "return", "super",
    ];
    let rest = rest.trim_start_matches(|letter| is_of_name(letter) || letter == '.');
    let rest = after_literals(rest)?;
    let before = before_simple(before)?.trim_end();
    let (owner, outside) = split_owner(before);
    let start = owner.rfind(['.', '?']).map_or(0, |at| at + 1);
    let (owner, last) = owner.split_at(start);
    if !starts_with_name(last) || KEYWORDS.contains(&last) {
        return None;
    }
    named(outside, owner, last, rest)
}

fn starts_with_name(text: &str) -> bool {
    text.starts_with(|letter: char| is_of_name(letter) && !letter.is_numeric())
}

/// What follows the bracket behind numbers and texts.
fn after_literals(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let letter = rest.chars().next()?;
        rest = rest.get(letter.len_utf8()..)?;
        match letter {
            ')' => return Some(rest),
            '"' | '\'' => rest = after_text(rest, letter)?,
            ',' | '.' | '0'..='9' => {}
            letter if letter.is_whitespace() => {}
            _ => return None,
        }
    }
}

/// What is before the bracket that names, numbers and plain texts are behind.
fn before_simple(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let letter = rest.chars().next_back()?;
        rest = rest.get(..rest.len() - letter.len_utf8())?;
        match letter {
            '(' => return Some(rest),
            '"' | '\'' => {
                let (before, inside) = rest.rsplit_once(letter)?;
                let is_plain = !inside.contains(['\\', '\n', '"', '\'', '`']);
                rest = is_plain.then_some(before)?;
            }
            ',' => {}
            '.' if !rest.ends_with('.') => {}
            letter if letter.is_whitespace() || is_of_name(letter) => {}
            _ => return None,
        }
    }
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

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '#')
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
            ("a.f(x)", 5, "a.f"),
            ("a /* b */ . f(x)", 15, "\u{2026}.f"),
            ("x.f('a (', x.y, 5, \"b)\");", 12, "x.f"),
            ("return f(1, x)\n", 13, "f"),
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
            ("b(a.f(x))", 7),
            ("a.f(x)(5)", 5),
            ("a.f(x)[\"y\"](5)", 5),
            ("a.f(...x)", 8),
            ("a.f(-x)", 6),
            ("a.f(x + \"\")", 5),
            ("a.f(/'/, x)", 10),
            ("if (x) y", 5),
            ("(x)", 2),
            ("throw TypeError(x);", 17),
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
            ("a(b) ", 2),
            ("a(b)", 99),
        ] {
            let source = format!("\n{line}");
            assert_eq!(callee(&source, 2, column), None, "{line}");
        }
        for (line, column) in [(0, 1), (2, 1), (1, 0), (1, 2), (1, 9)] {
            assert_eq!(callee("a(b)", line, column), None, "{line}:{column}");
        }
    }
}
