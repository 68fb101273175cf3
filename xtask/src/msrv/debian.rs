//! A compiler of a certain version out of Debian's packages. Debian 12 and 13 have the one that
//! `Cargo.toml` promises; the names differ, as in an older release a newer compiler is there for
//! browsers only (`rustc-web`). Never installs anything.

use std::process::Command;

use crate::debian::Unpacked;

/// What stands behind the names of Debian's packages of Rust.
const SUFFIXES: [&str; 2] = ["", "-web"];

/// An unpacked compiler.
pub(super) struct Compiler {
    unpacked: Unpacked,
}

/// The compiler of `version`, such as `1.85`; fetched unless it is here already.
pub(super) fn compiler(version: &str) -> Result<Compiler, String> {
    let compiler = Compiler {
        unpacked: Unpacked::named(&format!("rust-{version}")),
    };
    if !compiler.is_of(version) {
        let wanted = |unpacked: &Unpacked| packages(unpacked, version);
        compiler.unpacked.fetch(wanted)?;
    }
    if compiler.is_of(version) {
        Ok(compiler)
    } else {
        Err(format!("what was unpacked is no Rust {version} that runs"))
    }
}

impl Compiler {
    /// Its cargo, which finds its rustc.
    pub(super) fn cargo(&self) -> Command {
        let mut command = self.unpacked.program("usr/bin/cargo");
        command.env("RUSTC", self.unpacked.file("usr/bin/rustc"));
        command
    }

    /// Whether rustc and cargo start and are of `version`.
    fn is_of(&self, version: &str) -> bool {
        ["rustc", "cargo"].iter().all(|name| {
            let mut program = self.unpacked.program(&format!("usr/bin/{name}"));
            program.arg("--version").output().is_ok_and(|said| {
                let said = String::from_utf8_lossy(&said.stdout).into_owned();
                said.starts_with(&format!("{name} {version}."))
            })
        })
    }
}

/// The packages of the compiler of `version`, as apt wants them named.
fn packages(unpacked: &Unpacked, version: &str) -> Result<Vec<String>, String> {
    for suffix in SUFFIXES {
        let known = unpacked.versions(&format!("rustc{suffix}"))?;
        if let Some(full) = newest_of(version, &known) {
            let names =
                ["rustc#", "cargo#", "libstd-rust#-dev"].map(|name| name.replace('#', suffix));
            return Ok(names.map(|name| format!("{name}={full}")).into());
        }
    }
    Err(format!(
        "none of the machine's sources of packages has Rust {version}"
    ))
}

/// The newest version of Rust `version` in what `apt-cache madison` said: it comes newest first.
fn newest_of(version: &str, madison: &[String]) -> Option<String> {
    let mut versions = madison.iter().filter_map(|line| line.split('|').nth(1));
    let full = versions.find(|full| full.trim().starts_with(&format!("{version}.")))?;
    Some(full.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_that_is_promised_is_found_among_newer_ones_and_none_is_made_up() {
        let madison = [
            " rustc-web | 1.96.0+dfsg1-1~deb12u2 | http://a b/main amd64 Packages".to_owned(),
            " rustc-web | 1.85.0+dfsg3-1~deb12u3 | http://a b/main amd64 Packages".to_owned(),
        ];
        let found = newest_of("1.85", &madison);
        assert_eq!(found.as_deref(), Some("1.85.0+dfsg3-1~deb12u3"));
        assert_eq!(newest_of("1.8", &madison), None);
        assert_eq!(newest_of("1.85", &[]), None);
    }

    #[test]
    fn nothing_unpacked_is_no_compiler() {
        let unpacked = Unpacked::named("no-such-compiler-anywhere");
        assert!(!Compiler { unpacked }.is_of("1.85"));
    }
}
