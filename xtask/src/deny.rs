//! `cargo xtask deny`: what `deny.toml` says of dependencies: licences, bans, sources.
//!
//! With cargo-deny where it is installed. Building that takes minutes, so without it the same file
//! is read here, against `cargo tree`: less exactly (features of licences' texts, wildcards and
//! unused entries are cargo-deny's to see), and never less strictly. Advisories change without us:
//! `cargo deny check advisories` is run by whoever updates.

mod license;

use std::collections::{BTreeMap, BTreeSet};

use crate::process::{self, Outcome};
use crate::source;
use crate::toml::{self, Table};

/// Checks, one way or the other.
pub(crate) fn run(args: &[String]) -> Outcome {
    process::nothing_given(args)?;
    if process::succeeds(process::cargo().args(["deny", "--version"])) {
        let mut command = process::cargo();
        return process::run(command.args(["deny", "check", "bans", "licenses", "sources"]));
    }
    let policy = Policy::parse(&source::read_text(&process::root(), "deny.toml")?)?;
    let packages = packages(&tree()?);
    let findings = policy.check(&packages);
    if findings.is_empty() {
        let count = packages.len();
        println!("deny: {count} packages keep deny.toml, as read without cargo-deny");
        return Ok(());
    }
    Err(format!("deny.toml is broken:\n{}", findings.join("\n")))
}

/// All packages of all platforms, a line each, as `cargo tree` writes them.
fn tree() -> Result<String, String> {
    let mut command = process::cargo();
    command.args(["tree", "--locked", "--workspace", "--all-features"]);
    command.args(["--target", "all", "--edges", "normal,build,dev"]);
    command.args(["--prefix", "none", "--no-dedupe", "--format", "{p}|{l}"]);
    let output = command.output();
    let output = output.map_err(|error| format!("cannot start cargo tree: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        Err(format!("cargo tree failed: {why}"))
    }
}

/// A package of others.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Package {
    name: String,
    version: String,
    /// Where it is from, if that is not crates.io.
    source: Option<String>,
    license: String,
}

/// The packages in the lines of a tree, without our own.
fn packages(tree: &str) -> BTreeSet<Package> {
    let root = process::root().display().to_string();
    let foreign = tree.lines().filter(|line| !line.contains(&root));
    foreign.filter_map(package).collect()
}

/// `name v1.2.3 (source)|license`.
fn package(line: &str) -> Option<Package> {
    let (package, license) = line.split_once('|')?;
    let package = package.replace(" (proc-macro)", "");
    let mut words = package.splitn(3, ' ');
    Some(Package {
        name: words.next()?.to_owned(),
        version: words.next()?.trim_start_matches('v').to_owned(),
        source: words.next().map(str::to_owned),
        license: license.trim().to_owned(),
    })
}

/// What `deny.toml` says.
#[derive(Debug, Default)]
struct Policy {
    licenses: Vec<String>,
    banned: Vec<String>,
    /// `name@version` that may be there beside another version.
    skipped: Vec<String>,
}

impl Policy {
    fn parse(text: &str) -> Result<Self, String> {
        let tables = toml::parse(text).map_err(|error| format!("deny.toml: {error}"))?;
        let value = |table: &str, key: &str| {
            let found = tables.iter().find(|known: &&Table| known.name == table);
            let entry = found.and_then(|table| table.entry(key));
            entry.map(|entry| entry.value.clone()).unwrap_or_default()
        };
        let policy = Self {
            licenses: quoted(&value("licenses", "allow"), None),
            banned: quoted(&value("bans", "deny"), Some("name =")),
            skipped: quoted(&value("bans", "skip"), Some("crate =")),
        };
        if policy.licenses.is_empty() || policy.banned.is_empty() {
            return Err("deny.toml: no licences or no bans were understood".to_owned());
        }
        Ok(policy)
    }

    fn check(&self, packages: &BTreeSet<Package>) -> Vec<String> {
        let mut findings = Vec::new();
        let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for package in packages {
            let Package {
                name,
                version,
                source,
                license,
            } = package;
            if !license::is_allowed(license, &self.licenses) {
                findings.push(format!("{name} {version}: licence `{license}`"));
            }
            if self.banned.contains(name) {
                findings.push(format!("{name} {version}: banned"));
            }
            if let Some(source) = source {
                findings.push(format!("{name} {version}: not from crates.io but {source}"));
            }
            if !self.skipped.contains(&format!("{name}@{version}")) {
                versions.entry(name).or_default().insert(version);
            }
        }
        let doubled = versions.iter().filter(|(_, versions)| versions.len() > 1);
        findings.extend(doubled.map(|(name, versions)| format!("{name}: versions {versions:?}")));
        findings
    }
}

/// The strings in a value: all, or those behind `key`.
fn quoted(value: &str, key: Option<&str>) -> Vec<String> {
    let string = |rest: &str| Some(rest.split('"').nth(1)?.to_owned());
    if let Some(key) = key {
        return value.split(key).skip(1).filter_map(string).collect();
    }
    let strings = value.split('"').skip(1).step_by(2);
    strings.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "[licenses]\nallow = [\n  # Why.\n  \"MIT\",\n  \"ISC\",\n]\n[bans]\n\
        skip = [\n  { crate = \"a@1.0.0\", reason = \"old\" },\n]\n\
        deny = [\n  { name = \"openssl-sys\", reason = \"TLS\" },\n]\n";

    fn found(tree: &str) -> Vec<String> {
        Policy::parse(POLICY).unwrap().check(&packages(tree))
    }

    #[test]
    fn packages_that_keep_the_policy_pass() {
        let tree = "a v1.0.0|MIT\na v2.0.0|ISC OR GPL-3.0\nb v1.0.0 (proc-macro)|MIT\n\n";
        assert_eq!(found(tree), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_breach_is_found() {
        assert_eq!(found("b v1.0.0|GPL-3.0"), ["b 1.0.0: licence `GPL-3.0`"]);
        assert_eq!(found("b v1.0.0|").len(), 1, "no licence is none");
        assert_eq!(
            found("openssl-sys v1.0.0|MIT"),
            ["openssl-sys 1.0.0: banned"]
        );
        assert_eq!(found("b v1.0.0 (https://elsewhere)|MIT").len(), 1);
        assert_eq!(found("b v1.0.0|MIT\nb v2.0.0|MIT").len(), 1);
        assert_eq!(found("a v2.0.0|MIT\na v3.0.0|MIT").len(), 1);
    }

    #[test]
    fn policy_of_this_tree_is_understood() {
        let text = source::read_text(&process::root(), "deny.toml").unwrap();
        let policy = Policy::parse(&text).unwrap();
        assert!(policy.licenses.contains(&"Apache-2.0".to_owned()));
        assert!(
            policy.licenses.iter().all(|license| !license.contains(' ')),
            "{policy:?}"
        );
        assert!(policy.banned.contains(&"openssl-sys".to_owned()));
        assert!(policy.skipped.iter().all(|name| name.contains('@')));
        assert!(Policy::parse("[licenses]\n").is_err());
    }
}
