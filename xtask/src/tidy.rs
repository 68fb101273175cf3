//! `cargo xtask tidy`: the rules of the tree that no compiler checks. Also an ordinary test, so
//! `cargo test --workspace` finds what it finds.
//!
//! One module per kind of rule. A rule takes what was read and returns findings; it reads nothing
//! itself, so that its tests can show with a few lines of text that it fails when it should.

mod attributes;
mod comments;
mod documents;
mod features;
mod finding;
mod guides;
mod layout;
mod manifests;
mod modules;
mod paths;
mod promises;
mod proof;
mod purity;

use std::path::Path;

use crate::process::{self, Outcome};
use crate::source;
use crate::toml;
use finding::Finding;

/// Prints what breaks a rule, and fails if anything does.
pub(crate) fn run(args: &[String]) -> Outcome {
    process::nothing_given(args)?;
    let findings = check(&process::root())?;
    if findings.is_empty() {
        println!("tidy: the tree keeps its rules");
        return Ok(());
    }
    for finding in &findings {
        println!("{finding}");
    }
    Err(format!("{} findings, see above", findings.len()))
}

/// All findings in the tree at `root`.
fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let files = source::read(root)?;
    let manifests = manifests(root)?;
    let mut findings = Vec::new();
    for file in &files {
        findings.extend(attributes::check(file));
        findings.extend(comments::check(file));
        findings.extend(layout::check(file));
    }
    findings.extend(modules::check(&files));
    findings.extend(purity::check(&files));
    findings.extend(promises::check(&files));
    findings.extend(proof::check(&files));
    findings.extend(manifests::check(&manifests));
    for (path, line_max) in documents::LINE_LIMITS {
        let text = source::read_text(root, path)?;
        findings.extend(documents::check_length(path, &text, line_max));
    }
    let advisories = source::read_text(root, documents::ADVISORIES)?;
    findings.extend(documents::check_advisories(&advisories, &files));
    let readme = source::read_text(root, documents::README)?;
    let crate_readme = source::read_text(root, documents::CRATE_README)?;
    let crate_root = source::read_text(root, documents::CRATE_ROOT)?;
    findings.extend(documents::check_readme(&readme, &crate_readme, &crate_root));
    let manifest = manifests.iter().find(|one| one.path == features::MANIFEST);
    let declared = manifest.map_or(&[][..], |manifest| &manifest.tables);
    let guide = source::read_text(root, features::GUIDE)?;
    findings.extend(features::check(features::GUIDE, &guide, declared));
    findings.extend(features::check(
        documents::CRATE_README,
        &crate_readme,
        declared,
    ));
    let list = source::read_text(root, guides::LIST)?;
    for path in source::paths_in(root, guides::FOLDER, "md")? {
        let text = source::read_text(root, &path)?;
        findings.extend(documents::check_length(&path, &text, guides::LINES_MAX));
        findings.extend(guides::check(&path, &text, &list, &readme));
    }
    let map = source::read_text(root, documents::MAP)?;
    findings.extend(documents::check_map(&map, &files));
    let changelog = source::read_text(root, documents::CHANGELOG)?;
    findings.extend(documents::check_changelog(&changelog));
    Ok(findings)
}

fn manifests(root: &Path) -> Result<Vec<manifests::Manifest>, String> {
    let mut paths = source::paths(root, "toml")?;
    paths.retain(|path| path.ends_with("/Cargo.toml"));
    paths.push("Cargo.toml".to_owned());
    let read = |path: String| {
        let text = source::read_text(root, &path)?;
        let tables = toml::parse(&text).map_err(|error| format!("{path}: {error}"))?;
        Ok(manifests::Manifest { path, tables })
    };
    paths.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tree_keeps_its_rules() {
        let findings = check(&process::root()).unwrap();
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
    }
}
