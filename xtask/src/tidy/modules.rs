//! Modules of a crate do not import each other, neither directly nor in a circle.
//!
//! A module may name the one it is part of: from outside the two are one, and the methods of a type
//! may stand in several files. A file that only declares and re-exports is a façade: naming
//! something through it counts as naming the module that defines it, and its re-exports are not
//! imports.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Rule};
use super::layout;
use super::paths::{self, Modules, NamedPath};
use crate::source::SourceFile;

static CYCLE: Rule = Rule {
    name: "module-cycle",
    reason: "modules that import each other can only be understood and changed together",
};

/// How many re-exports a name may pass through, so that a circle of them ends.
const REEXPORT_DEPTH_MAX: usize = 8;

type Module = Vec<String>;

/// The modules of one crate with the paths each of them names.
struct Crate<'a> {
    files: BTreeMap<Module, &'a SourceFile>,
    paths: BTreeMap<Module, Vec<NamedPath>>,
}

/// Checks each crate of `files` for circles.
pub(super) fn check(files: &[SourceFile]) -> Vec<Finding> {
    let mut crates: BTreeMap<&str, Vec<&SourceFile>> = BTreeMap::new();
    for file in files {
        if file.module().is_some() && !file.test {
            crates.entry(file.crate_dir()).or_default().push(file);
        }
    }
    crates
        .values()
        .flat_map(|files| Crate::new(files).check())
        .collect()
}

impl<'a> Crate<'a> {
    fn new(files: &[&'a SourceFile]) -> Self {
        let with_module = |file: &&'a SourceFile| Some((file.module()?, *file));
        let files: BTreeMap<Module, &SourceFile> = files.iter().filter_map(with_module).collect();
        let modules: Modules = files.keys().cloned().collect();
        let named = |(module, file): (&Module, &&SourceFile)| {
            let paths = paths::named(&file.product_tokens(), module, &modules);
            (module.clone(), paths)
        };
        let paths = files.iter().map(named).collect();
        Self { files, paths }
    }

    fn check(&self) -> Vec<Finding> {
        let edges = self.edges();
        let mut reported = BTreeSet::new();
        let mut findings = Vec::new();
        for (from, targets) in &edges {
            for (to, line) in targets {
                let circle = circle(&edges, from, to);
                let members: BTreeSet<&Module> = circle.iter().copied().collect();
                if circle.is_empty() || !reported.insert(members) {
                    continue;
                }
                let names: Vec<String> = circle.iter().map(|module| name(module)).collect();
                let what = format!("modules import each other: {}", names.join(" -> "));
                findings.push(Finding::new(&CYCLE, &self.files[from].path, *line, what));
            }
        }
        findings
    }

    /// Which module imports which, and on what line.
    fn edges(&self) -> BTreeMap<Module, BTreeMap<Module, usize>> {
        let mut edges: BTreeMap<Module, BTreeMap<Module, usize>> = BTreeMap::new();
        for (module, paths) in &self.paths {
            let facade = layout::first_definition(&self.files[module].product_tokens()).is_none();
            for path in paths {
                let Some(target) = self.resolve(&path.segments, 0) else {
                    continue;
                };
                let is_import = !(facade && path.exported);
                if is_import && !module.starts_with(&target) {
                    let targets = edges.entry(module.clone()).or_default();
                    targets.entry(target).or_insert(path.line);
                }
            }
        }
        edges
    }

    /// The module that defines what `segments` names.
    fn resolve(&self, segments: &[String], depth: usize) -> Option<Module> {
        let inner = segments.strip_prefix(&["crate".to_owned()])?;
        let is_module = |len: &usize| self.files.contains_key(&inner[..*len]);
        let len = (0..=inner.len()).rev().find(is_module)?;
        let (module, rest) = inner.split_at(len);
        let exports = |path: &&NamedPath| path.exported && path.alias.as_ref() == rest.first();
        let exported = self.paths[module].iter().find(exports);
        match exported {
            Some(path) if depth < REEXPORT_DEPTH_MAX => {
                let full: Module = path.segments.iter().chain(&rest[1..]).cloned().collect();
                self.resolve(&full, depth + 1)
            }
            _ => Some(module.to_vec()),
        }
    }
}

/// The shortest way from `from` over `to` back to `from`; empty if there is none.
fn circle<'e>(
    edges: &'e BTreeMap<Module, BTreeMap<Module, usize>>,
    from: &'e Module,
    to: &'e Module,
) -> Vec<&'e Module> {
    let mut ways = vec![vec![from, to]];
    let mut seen = BTreeSet::from([to]);
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            let Some(targets) = way.last().and_then(|last| edges.get(*last)) else {
                continue;
            };
            for target in targets.keys() {
                let mut next = way.clone();
                next.push(target);
                if target == from {
                    return next;
                }
                if seen.insert(target) {
                    longer.push(next);
                }
            }
        }
        ways = longer;
    }
    Vec::new()
}

fn name(module: &Module) -> String {
    if module.is_empty() {
        "crate".to_owned()
    } else {
        module.join("::")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let file = |(path, text): &(&str, &str)| SourceFile::new(path, text);
        let files: Vec<SourceFile> = files.iter().map(file).collect();
        check(&files).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn two_modules_that_import_each_other_are_found() {
        let found = findings(&[
            ("crates/x/src/a.rs", "use crate::b::B;"),
            ("crates/x/src/b.rs", "\nfn f() { crate::a::g(); }"),
        ]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("crates/x/src/a.rs:1: modules import each other: a -> b -> a")
        );
    }

    #[test]
    fn circle_through_a_facade_is_found() {
        let found = findings(&[
            (
                "crates/x/src/f/mod.rs",
                "//! F\nmod a;\nmod b;\npub use a::A;\npub use b::B;",
            ),
            ("crates/x/src/f/a.rs", "use crate::f::B;\npub struct A;"),
            ("crates/x/src/f/b.rs", "use super::A;\npub struct B;"),
        ]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("f::a -> f::b -> f::a"));
    }

    #[test]
    fn naming_a_sibling_through_the_facade_is_no_circle() {
        let found = findings(&[
            ("crates/x/src/lib.rs", "mod f;\npub use f::A;"),
            ("crates/x/src/f/mod.rs", "mod a;\nmod b;\npub use a::A;"),
            ("crates/x/src/f/a.rs", "pub struct A;"),
            ("crates/x/src/f/b.rs", "use crate::A;\nuse super::A as B;"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn child_may_name_its_parent_but_not_its_aunt() {
        let found = findings(&[
            ("crates/x/src/f.rs", "mod a;\npub struct F(a::A);"),
            ("crates/x/src/f/a.rs", "use super::F;\nuse crate::g::G;"),
            ("crates/x/src/g.rs", "use crate::f::F;\npub struct G;"),
        ]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("f -> f::a -> g -> f"));
    }

    #[test]
    fn tests_may_import_both_ways() {
        let found = findings(&[
            ("crates/x/src/a.rs", "use crate::b::B;"),
            (
                "crates/x/src/b.rs",
                "#[cfg(test)]\nmod tests { use crate::a::A; }",
            ),
        ]);
        assert!(found.is_empty());
    }
}
