//! Recipes as `conformance/articles/recipes.txt` has them. Owns that file's form, which its head
//! explains. Reads no article by itself.

use std::collections::BTreeSet;

use super::text::{Articles, Place};

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Recipes {
    pub(super) scripts: Vec<Recipe>,
    /// Lines that are no scripts for us, though they look so.
    skipped: BTreeSet<Place>,
}

/// One script.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) server: Server,
    /// Hosts with ports.
    pub(super) places: Vec<String>,
    /// More words for `sockeye run`.
    pub(super) words: Vec<String>,
    pub(super) edits: Vec<Edit>,
    pub(super) steps: Vec<Step>,
}

/// Who a script talks to: `sockeye serve` as it is, or with echoes where articles have theirs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Server {
    Echo,
    Serve,
}

/// How a script is made.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Edit {
    Add(String),
    Break(String),
    Cut(String),
    Replace(String, String),
    Take(Vec<Place>),
    Unnumber,
}

/// What happens while it runs.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Step {
    End,
    Leave,
    See(String),
    Type(String),
}

impl Server {
    fn name(self) -> &'static str {
        match self {
            Self::Echo => "echo",
            Self::Serve => "serve",
        }
    }

    /// What `sockeye serve` is told to be it.
    pub(super) fn words(self) -> &'static [&'static str] {
        match self {
            Self::Echo => &["--applications", "/=echo,/resource=echo,/socketserver=echo"],
            Self::Serve => &[],
        }
    }
}

impl Recipe {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            about: String::new(),
            server: Server::Serve,
            places: Vec::new(),
            words: Vec::new(),
            edits: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// How much of it was not the article's, in words.
    pub(super) fn repairs(&self) -> String {
        let count = |is: fn(&Edit) -> bool| self.edits.iter().filter(|edit| is(edit)).count();
        let added = count(|edit| matches!(edit, Edit::Add(_)));
        let taken = count(|edit| matches!(edit, Edit::Take(_)));
        let repaired = self.edits.len() - added - taken;
        format!("repairs: {repaired}, lines of the page around it: {added}")
    }

    /// Does what one line says; `None` if that makes no sense.
    fn add(&mut self, word: &str, rest: &str) -> Option<()> {
        match word {
            "about" => rest.clone_into(&mut self.about),
            "server" => {
                let servers = [Server::Echo, Server::Serve];
                self.server = servers.into_iter().find(|server| server.name() == rest)?;
            }
            "place" => {
                rest.split_once(':')?.1.parse::<u16>().ok()?;
                self.places.push(rest.to_owned());
            }
            "with" => self.words.extend(rest.split(' ').map(str::to_owned)),
            "take" => self.edits.push(Edit::Take(places(rest)?.0)),
            "add" => self.edits.push(Edit::Add(rest.to_owned())),
            "unnumber" => self.edits.push(Edit::Unnumber),
            "replace" => {
                let [from, to, _reason] = parts(rest)?;
                self.edits.push(Edit::Replace(from, to));
            }
            "break" => {
                let [text, _reason] = parts(rest)?;
                self.edits.push(Edit::Break(text));
            }
            "cut" => {
                let [text, _reason] = parts(rest)?;
                self.edits.push(Edit::Cut(text));
            }
            "type" => self.steps.push(Step::Type(rest.to_owned())),
            "see" => self.steps.push(Step::See(rest.to_owned())),
            "end" => self.steps.push(Step::End),
            "leave" => self.steps.push(Step::Leave),
            _ => return None,
        }
        Some(())
    }
}

/// The texts between bars, and the reason behind them, which has to be there.
fn parts<const N: usize>(rest: &str) -> Option<[String; N]> {
    let rest = rest.strip_prefix('|')?;
    let mut found: Vec<String> = rest.split('|').map(str::to_owned).collect();
    let reason = found.last_mut()?;
    *reason = reason.trim().to_owned();
    let is_whole = !reason.is_empty() && !found.first()?.is_empty();
    found.try_into().ok().filter(|_| is_whole)
}

/// `003 12-34 more`: the places, and what follows.
fn places(rest: &str) -> Option<(Vec<Place>, &str)> {
    let (article, rest) = rest.split_once(' ')?;
    let (lines, more) = rest.split_once(' ').unwrap_or((rest, ""));
    let (from, to) = lines.split_once('-').unwrap_or((lines, lines));
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    let places = (from..=to).map(|number| (article.to_owned(), number));
    let places: Vec<Place> = places.collect();
    (!places.is_empty()).then_some((places, more))
}

impl Recipes {
    /// Hosts that are asked for with TLS.
    pub(super) fn secure_hosts(&self) -> BTreeSet<&str> {
        let places = self.scripts.iter().flat_map(|recipe| &recipe.places);
        places
            .filter_map(|place| place.strip_suffix(":443"))
            .collect()
    }

    /// Scripts in the articles that no recipe takes, and no line skips.
    pub(super) fn left_out(&self, articles: &Articles) -> Vec<String> {
        let edits = self.scripts.iter().flat_map(|recipe| &recipe.edits);
        let mut seen = self.skipped.clone();
        for edit in edits {
            if let Edit::Take(places) = edit {
                seen.extend(places.iter().cloned());
            }
        }
        let left = articles.code().filter(|place| !seen.contains(place));
        left.map(|(article, line)| format!("{article}, line {line}: a script that is not run"))
            .collect()
    }

    fn add(&mut self, line: &str) -> Option<()> {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (word, self.scripts.last_mut()) {
            ("==", _) => self.scripts.push(Recipe::new(rest)),
            ("skip", _) => {
                let (places, reason) = places(rest)?;
                self.skipped.extend(places);
                return (!reason.is_empty()).then_some(());
            }
            (_, Some(recipe)) => return recipe.add(word, rest),
            _ => return None,
        }
        Some(())
    }
}

/// Reads the file.
pub(super) fn parse(text: &str) -> Result<Recipes, String> {
    let mut recipes = Recipes::default();
    for (number, line) in (1..).zip(text.lines()) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = || format!("recipes.txt, line {number} makes no sense: {line}");
        recipes.add(line).ok_or_else(wrong)?;
    }
    Ok(recipes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A recipe would be run as another one than was written.
    #[test]
    fn recipes_are_read_as_their_head_says() {
        let text = "# no\nskip 000 3-4 why\n\n== a\nabout what\nserver echo\nplace b:443\n\
                    with -x y\ntake 001 5-6\nadd   c\nunnumber\nreplace |d|| e\nbreak |f| g\n\
                    cut |h| i\ntype j k\nsee l\nend\nleave";
        let recipes = parse(text).unwrap();
        let [recipe] = &recipes.scripts[..] else {
            panic!("{recipes:?}")
        };
        assert_eq!((recipe.name.as_str(), recipe.about.as_str()), ("a", "what"));
        assert_eq!(
            (recipe.server, &recipe.words[..]),
            (Server::Echo, &["-x".to_owned(), "y".to_owned()][..])
        );
        let taken = vec![("001".to_owned(), 5), ("001".to_owned(), 6)];
        let edits = [
            Edit::Take(taken),
            Edit::Add("  c".to_owned()),
            Edit::Unnumber,
            Edit::Replace("d".to_owned(), String::new()),
            Edit::Break("f".to_owned()),
            Edit::Cut("h".to_owned()),
        ];
        assert_eq!(recipe.edits, edits);
        let steps = [
            Step::Type("j k".to_owned()),
            Step::See("l".to_owned()),
            Step::End,
            Step::Leave,
        ];
        assert_eq!(recipe.steps, steps);
        assert_eq!(
            recipe.repairs(),
            "repairs: 4, lines of the page around it: 1"
        );
        assert_eq!(
            recipes.secure_hosts().into_iter().collect::<Vec<_>>(),
            ["b"]
        );
    }

    /// A repair without a reason, or a line with a slip, would be taken for something.
    #[test]
    fn line_that_makes_no_sense_is_named() {
        for line in [
            "fly",
            "take 001",
            "take 001 6-5",
            "take 001 x",
            "replace |a|b|",
            "replace |a| b",
            "replace ||b| c",
            "break a",
            "cut |a|",
            "server other",
            "place host",
        ] {
            let error = parse(&format!("== a\n{line}")).unwrap_err();
            assert!(
                error.contains(&format!("line 2 makes no sense: {line}")),
                "{error}"
            );
        }
        for line in ["take 001 1", "skip 000 1"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    /// A script of an article could be left out without anybody noticing.
    #[test]
    fn scripts_that_are_neither_taken_nor_skipped_are_told() {
        let articles = Articles::of("001", "a = function\nb = function\nc = function\nprose");
        let recipes = parse("skip 001 1 why\n== a\ntake 001 3-4").unwrap();
        assert_eq!(
            recipes.left_out(&articles),
            ["001, line 2: a script that is not run"]
        );
    }
}
