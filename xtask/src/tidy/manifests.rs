//! Manifests: which crate may depend on which, why each dependency is there, one lint table.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Finding, Rule};
use crate::toml::{Entry, Table};

static DIRECTION: Rule = Rule {
    name: "import-direction",
    reason: "imports between crates point one way, so that each part can be understood and tested \
             without those above it",
};
static DEPENDENCY_REASON: Rule = Rule {
    name: "dependency-reason",
    reason: "each dependency is code we answer for; the line above it says why it is worth that",
};
static LINTS: Rule = Rule {
    name: "one-lint-table",
    reason: "one lint table holds for all crates; `simd` repeats it because `forbid(unsafe_code)` \
             cannot be relaxed, and differs in nothing else",
};

/// What each crate may depend on, lowest first. A crate that is not here may not exist.
const DIRECTIONS: [(&str, &[&str]); 8] = [
    ("simd", &[]),
    ("proto", &["simd"]),
    ("net", &["proto", "simd"]),
    ("hub", &[]),
    ("dialect", &["hub"]),
    ("js", &["net"]),
    ("server", &["net", "hub", "dialect"]),
    ("cli", &["net", "js", "server"]),
];
/// The crate with a lint table of its own, and the lint it may set otherwise.
const OWN_TABLE: &str = "simd";
const OWN_LINT: &str = "unsafe_code";

/// A `Cargo.toml`.
#[derive(Debug)]
pub(super) struct Manifest {
    pub(super) path: String,
    pub(super) tables: Vec<Table>,
}

impl Manifest {
    /// The folder's name, for a crate of the workspace.
    fn crate_name(&self) -> Option<&str> {
        self.path
            .strip_prefix("crates/")?
            .strip_suffix("/Cargo.toml")
    }

    fn finding(&self, rule: &'static Rule, line: usize, what: String) -> Finding {
        Finding::new(rule, &self.path, line, what)
    }
}

/// Checks the crates and the workspace among `manifests`.
pub(super) fn check(manifests: &[Manifest]) -> Vec<Finding> {
    let workspace = manifests
        .iter()
        .find(|manifest| manifest.path == "Cargo.toml");
    let mut findings = Vec::new();
    for manifest in manifests {
        findings.extend(dependencies(manifest));
        let workspace = workspace.filter(|_| manifest.crate_name().is_some());
        findings.extend(workspace.map_or_else(Vec::new, |workspace| lints(manifest, workspace)));
    }
    findings
}

fn dependencies(manifest: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    for table in &manifest.tables {
        let Some(kind) = table
            .name
            .rsplit('.')
            .find(|part| part.ends_with("dependencies"))
        else {
            continue;
        };
        for entry in &table.entries {
            let package = entry.key.split('.').next().unwrap_or(&entry.key);
            if let Some(part) = part(package) {
                findings.extend(direction(manifest, entry, part, kind == "dev-dependencies"));
            } else if manifest.crate_name().is_some()
                && !entry.commented
                && !entry.key.ends_with(".workspace")
            {
                let what = format!("`{package}` has no comment that says why it is needed");
                findings.push(manifest.finding(&DEPENDENCY_REASON, entry.line, what));
            }
        }
    }
    findings
}

/// The part of the workspace that `package` is.
fn part(package: &str) -> Option<&str> {
    if package == "sockeye" {
        Some("net")
    } else {
        package.strip_prefix("sockeye-")
    }
}

fn direction(manifest: &Manifest, entry: &Entry, part: &str, dev: bool) -> Option<Finding> {
    let own = manifest.crate_name()?;
    let allowed = |name: &str| {
        let entry = DIRECTIONS
            .iter()
            .find(|(crate_name, _)| *crate_name == name);
        entry.map_or(&[][..], |(_, allowed)| allowed)
    };
    let direct = allowed(own);
    // Tests may reach further down, to build what their crate is given; never up.
    let below = |name: &&str| *name == part || allowed(name).contains(&part);
    if direct.contains(&part) || (dev && direct.iter().any(below)) {
        return None;
    }
    let what = format!("`{own}` may not depend on `{part}`, only on {direct:?}");
    Some(manifest.finding(&DIRECTION, entry.line, what))
}

fn lints(manifest: &Manifest, workspace: &Manifest) -> Vec<Finding> {
    let inherits = manifest.tables.iter().any(|table| {
        let entry = table.entry("workspace");
        table.name == "lints" && entry.is_some_and(|entry| entry.value == "true")
    });
    if inherits {
        return Vec::new();
    }
    if manifest.crate_name() != Some(OWN_TABLE) {
        let what = "no `[lints] workspace = true`".to_owned();
        return vec![manifest.finding(&LINTS, 1, what)];
    }
    let expected = lint_levels(workspace, "workspace.lints.");
    let found = lint_levels(manifest, "lints.");
    let all: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let level = |levels: &Levels, lint: &String| levels.get(lint).map(|(_, level)| level.clone());
    let differing = all
        .into_iter()
        .filter(|lint| !lint.ends_with(OWN_LINT) && level(&expected, lint) != level(&found, lint));
    let finding = |lint: &String| {
        let line = found.get(lint).map_or(1, |(line, _)| *line);
        manifest.finding(
            &LINTS,
            line,
            format!("`{lint}` differs from the workspace's"),
        )
    };
    differing.map(finding).collect()
}

/// Lints such as `rust.missing_docs` with their lines and levels.
type Levels = BTreeMap<String, (usize, String)>;

fn lint_levels(manifest: &Manifest, prefix: &str) -> Levels {
    let mut levels = Levels::new();
    for table in &manifest.tables {
        let Some(tool) = table.name.strip_prefix(prefix) else {
            continue;
        };
        for entry in &table.entries {
            let lint = format!("{tool}.{}", entry.key);
            levels.insert(lint, (entry.line, entry.value.clone()));
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::super::finding::names;
    use super::*;
    use crate::toml;

    const INHERIT: &str = "[lints]\nworkspace = true\n";

    fn manifest(path: &str, text: &str) -> Manifest {
        Manifest {
            path: path.to_owned(),
            tables: toml::parse(text).unwrap(),
        }
    }

    fn broken(path: &str, text: &str) -> Vec<&'static str> {
        let workspace =
            "[workspace.lints.rust]\nunsafe_code = \"forbid\"\nmissing_docs = \"deny\"\n";
        names(&check(&[
            manifest("Cargo.toml", workspace),
            manifest(path, text),
        ]))
    }

    fn depends(name: &str, table: &str, line: &str) -> Vec<&'static str> {
        let text = format!("{INHERIT}[{table}]\n{line}\n");
        broken(&format!("crates/{name}/Cargo.toml"), &text)
    }

    #[test]
    fn dependencies_point_down() {
        assert!(depends("proto", "dependencies", "sockeye-simd.workspace = true").is_empty());
        assert!(depends("server", "dependencies", "sockeye.workspace = true").is_empty());
        let up = "sockeye = { path = \"../net\" }";
        assert_eq!(depends("proto", "dependencies", up), ["import-direction"]);
        assert_eq!(
            depends("proto", "dev-dependencies", up),
            ["import-direction"]
        );
        assert_eq!(
            depends("proto", "target.'cfg(unix)'.dependencies", up),
            ["import-direction"]
        );
        assert_eq!(depends("new", "dependencies", up), ["import-direction"]);
    }

    #[test]
    fn only_tests_reach_two_steps_down() {
        let line = "sockeye-proto.workspace = true";
        assert_eq!(
            depends("server", "dependencies", line),
            ["import-direction"]
        );
        assert!(depends("server", "dev-dependencies", line).is_empty());
    }

    #[test]
    fn dependency_needs_a_reason() {
        assert_eq!(
            depends("net", "dependencies", "x = \"1\""),
            ["dependency-reason"]
        );
        assert!(depends("net", "dependencies", "# Does x.\nx = \"1\"").is_empty());
        assert!(broken("benches/x/Cargo.toml", "[dependencies]\nx = \"1\"\n").is_empty());
    }

    #[test]
    fn simd_repeats_the_lint_table() {
        let own = |lints: &str| broken("crates/simd/Cargo.toml", &format!("[lints.rust]\n{lints}"));
        assert!(own("unsafe_code = \"deny\"\nmissing_docs = \"deny\"\n").is_empty());
        assert_eq!(own("missing_docs = \"warn\"\n"), ["one-lint-table"]);
        assert_eq!(own(""), ["one-lint-table"]);
        assert_eq!(
            own("missing_docs = \"deny\"\nmore = \"deny\"\n"),
            ["one-lint-table"]
        );
        assert_eq!(broken("crates/net/Cargo.toml", ""), ["one-lint-table"]);
    }
}
