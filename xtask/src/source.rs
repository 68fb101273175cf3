//! The source tree as the rules see it: which files there are, and what each line of them is.
//!
//! Owns finding and reading files; `lexer` splits lines, `tokens` cuts them into words, `citation`
//! takes comments apart that cite. Nothing here judges: a rule that needs more than lines and
//! tokens belongs in `tidy`.

mod citation;
mod lexer;
mod tokens;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

pub(crate) use citation::Citation;
pub(crate) use lexer::Line;
pub(crate) use tokens::{Token, after_bracket, at};

/// Folders that may hold Rust of ours.
const ROOTS: [&str; 7] = [
    "benches",
    "conformance",
    "crates",
    "examples",
    "fuzz",
    "models",
    "xtask",
];
/// Folders in them that hold what tools made.
const SKIPPED: [&str; 5] = ["target", "node_modules", "corpus", "artifacts", ".work"];

/// One Rust file.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// From the root of the tree, with `/`.
    pub(crate) path: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) tokens: Vec<Token>,
    /// The whole file is test code; its lines are marked one by one as well.
    pub(crate) test: bool,
}

impl SourceFile {
    /// A file as it would be read from `path`.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let mut lines = lexer::split(text);
        let mut tokens = tokens::cut(&lines);
        for range in tokens::test_items(&tokens) {
            for line in &mut lines[range] {
                line.test = true;
            }
        }
        for token in &mut tokens {
            token.test = lines[token.line - 1].test;
        }
        let mut file = Self {
            path: path.to_owned(),
            lines,
            tokens,
            test: false,
        };
        if is_test_path(path) {
            file.mark_test();
        }
        file
    }

    /// The crate's folder, such as `crates/proto`.
    pub(crate) fn crate_dir(&self) -> &str {
        self.split_at_src().0
    }

    /// The module's path in its crate: `crates/proto/src/frame/header.rs` is `frame::header`, the
    /// root of a crate is empty. `None` outside a `src` folder.
    pub(crate) fn module(&self) -> Option<Vec<String>> {
        let inner = self.split_at_src().1?.strip_suffix(".rs")?;
        let mut parts: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if matches!(parts.last()?.as_str(), "lib" | "main" | "mod") {
            parts.pop();
        }
        Some(parts)
    }

    /// The file's name without its folder.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The tokens that are not test code.
    pub(crate) fn product_tokens(&self) -> Vec<Token> {
        let product = self.tokens.iter().filter(|token| !token.test);
        product.cloned().collect()
    }

    fn split_at_src(&self) -> (&str, Option<&str>) {
        match self.path.split_once("/src/") {
            Some((dir, inner)) => (dir, Some(inner)),
            None => (self.path.split("/tests/").next().unwrap_or(""), None),
        }
    }

    fn mark_test(&mut self) {
        self.test = true;
        for line in &mut self.lines {
            line.test = true;
        }
        for token in &mut self.tokens {
            token.test = true;
        }
    }
}

/// All Rust files of the tree at `root`, sorted by path.
pub(crate) fn read(root: &Path) -> Result<Vec<SourceFile>, String> {
    let mut files = Vec::new();
    for path in paths(root, "rs")? {
        files.push(SourceFile::new(&path, &read_text(root, &path)?));
    }
    mark_test_modules(&mut files);
    Ok(files)
}

/// The text of the file at `path` in the tree.
pub(crate) fn read_text(root: &Path, path: &str) -> Result<String, String> {
    fs::read_to_string(root.join(path)).map_err(|error| format!("cannot read {path}: {error}"))
}

/// The paths of all files of ours whose names end with `.extension`, sorted.
pub(crate) fn paths(root: &Path, extension: &str) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for folder in ROOTS {
        if root.join(folder).is_dir() {
            found.extend(paths_in(root, folder, extension)?);
        }
    }
    found.sort();
    Ok(found)
}

/// Those in one folder, sorted.
pub(crate) fn paths_in(root: &Path, folder: &str, extension: &str) -> Result<Vec<String>, String> {
    let mut found = BTreeSet::new();
    walk(root, folder, extension, &mut found)?;
    Ok(found.into_iter().collect())
}

fn walk(
    root: &Path,
    folder: &str,
    extension: &str,
    found: &mut BTreeSet<String>,
) -> Result<(), String> {
    let complain = |error| format!("cannot list {folder}: {error}");
    for entry in fs::read_dir(root.join(folder)).map_err(complain)? {
        let entry = entry.map_err(complain)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.path().is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                walk(root, &path, extension, found)?;
            }
        } else if name
            .rsplit_once('.')
            .is_some_and(|(_, end)| end == extension)
        {
            found.insert(path);
        }
    }
    Ok(())
}

fn is_test_path(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "tests" || part == "tests.rs")
}

/// A file behind `#[cfg(test)] mod name;` is test code too, and so are the files below it.
fn mark_test_modules(files: &mut [SourceFile]) {
    let mut modules = BTreeSet::new();
    for file in files.iter() {
        let Some(module) = file.module() else {
            continue;
        };
        for name in tokens::test_modules(&file.tokens) {
            let mut path = module.clone();
            path.push(name);
            modules.insert((file.crate_dir().to_owned(), path));
        }
    }
    for file in files {
        let Some(module) = file.module() else {
            continue;
        };
        let below = |(dir, path): &(String, Vec<String>)| {
            dir == file.crate_dir() && module.starts_with(path)
        };
        if modules.iter().any(below) {
            file.mark_test();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_paths_follow_the_folders() {
        let module = |path| {
            SourceFile::new(path, "")
                .module()
                .map(|parts| parts.join("::"))
        };
        assert_eq!(module("crates/a/src/lib.rs").as_deref(), Some(""));
        assert_eq!(module("crates/a/src/b.rs").as_deref(), Some("b"));
        assert_eq!(module("crates/a/src/b/mod.rs").as_deref(), Some("b"));
        assert_eq!(module("crates/a/src/b/c.rs").as_deref(), Some("b::c"));
        assert_eq!(module("crates/a/tests/b.rs"), None);
    }

    #[test]
    fn test_module_in_its_own_file_is_test_code() {
        let mut files = vec![
            SourceFile::new("crates/a/src/b.rs", "#[cfg(test)]\nmod pair;\n"),
            SourceFile::new("crates/a/src/b/pair.rs", "fn f() {}\n"),
            SourceFile::new("crates/a/src/pair.rs", "fn f() {}\n"),
        ];
        mark_test_modules(&mut files);
        let marks: Vec<bool> = files.iter().map(|file| file.test).collect();
        assert_eq!(marks, [false, true, false]);
    }

    #[test]
    fn lines_of_a_test_item_are_marked() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        let file = SourceFile::new("crates/a/src/b.rs", text);
        let marks: Vec<bool> = file.lines.iter().map(|line| line.test).collect();
        assert_eq!(marks, [false, true, true, true, true, false]);
    }
}
