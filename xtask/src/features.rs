//! `cargo xtask features`: the library with none of its features and with each alone. All of them
//! together are what everything else builds.

use crate::process::{self, Outcome};

/// What the library can be built with, each alone; the first is nothing.
const FEATURES: [&str; 12] = [
    "", "axum", "hyper", "io", "json", "metrics", "stream", "testing", "tls", "tower", "tracing",
    "web",
];

/// Lints each build, with its tests: a feature only adds, so each has to build alone.
pub(crate) fn run(args: &[String]) -> Outcome {
    process::nothing_given(args)?;
    let failed: Vec<String> = FEATURES
        .iter()
        .filter_map(|name| feature(name).err())
        .collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(failed.join("; "))
    }
}

fn feature(name: &str) -> Outcome {
    let mut command = process::cargo();
    command.args(["clippy", "--package", "sockeye", "--all-targets"]);
    command.args(["--no-default-features", "--features", name]);
    process::run(command.args(["--", "--deny", "warnings"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{source, toml};

    #[test]
    fn every_feature_of_the_manifest_is_built_alone() {
        let manifest = source::read_text(&process::root(), "crates/net/Cargo.toml").unwrap();
        let tables = toml::parse(&manifest).unwrap();
        let table = tables
            .iter()
            .find(|table| table.name == "features")
            .unwrap();
        let names = table.entries.iter().map(|entry| entry.key.as_str());
        let mut declared: Vec<&str> = names.filter(|name| *name != "default").collect();
        declared.push("");
        declared.sort_unstable();
        assert_eq!(declared, FEATURES);
    }
}
