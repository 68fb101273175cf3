//! A compiler of a certain version out of Debian's packages, unpacked below `target/tools`. Never
//! installs anything, and needs no root: lists and packages are kept beside the compiler.
//!
//! apt takes a package only with the checksum that the signed index names, so that no checksum
//! needs to stand here. Debian 12 and 13 have the compiler that `Cargo.toml` promises; the names
//! differ, as in an older release a newer compiler is there for browsers only (`rustc-web`).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::{self, Outcome};
use crate::program::output_of;

/// What stands behind the names of Debian's packages of Rust.
const SUFFIXES: [&str; 2] = ["", "-web"];

/// How long apt may take to answer from its lists.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// An unpacked compiler.
pub(super) struct Compiler {
    root: PathBuf,
}

/// The compiler of `version`, such as `1.85`; fetched unless it is here already.
pub(super) fn compiler(version: &str) -> Result<Compiler, String> {
    let dir = process::root().join("target/tools");
    let dir = dir.join(format!("rust-{version}"));
    let compiler = Compiler {
        root: dir.join("root"),
    };
    if !compiler.is_of(version) {
        fetch(&dir, version)?;
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
        let mut command = self.program("cargo");
        command.env("RUSTC", self.root.join("usr/bin/rustc"));
        command
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.root.join("usr/bin").join(name));
        command.env("LD_LIBRARY_PATH", library_path(&self.root));
        command
    }

    /// Whether rustc and cargo start and are of `version`.
    fn is_of(&self, version: &str) -> bool {
        ["rustc", "cargo"].iter().all(|name| {
            let said = self.program(name).arg("--version").output();
            said.is_ok_and(|said| {
                let said = String::from_utf8_lossy(&said.stdout).into_owned();
                said.starts_with(&format!("{name} {version}."))
            })
        })
    }
}

/// Where the libraries are that were unpacked: below the name of the machine's kind.
fn library_path(root: &Path) -> String {
    let mut folders = Vec::new();
    for parent in ["usr/lib", "lib"] {
        let entries = fs::read_dir(root.join(parent));
        let inner = entries.into_iter().flatten().flatten();
        let is_kind = |name: &str| name.contains("-linux-gnu");
        let kinds = inner.filter(|entry| entry.file_name().to_str().is_some_and(is_kind));
        folders.extend(kinds.map(|entry| entry.path().display().to_string()));
    }
    folders.join(":")
}

/// Fetches the packages and unpacks them.
fn fetch(dir: &Path, version: &str) -> Outcome {
    if dir.exists() {
        // Half of an earlier attempt, or of another machine.
        emptied(dir)?;
    }
    let (archives, root) = (dir.join("cache/archives"), dir.join("root"));
    for folder in [
        &archives.join("partial"),
        &dir.join("state/lists/partial"),
        &root,
    ] {
        fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    }
    // One list of many that cannot be had is no reason to give up.
    let updated = process::run(apt("apt-get", dir).args(["update", "--quiet=2"]));
    let packages = packages(dir, version).map_err(|why| match &updated {
        Ok(()) => why,
        Err(error) => format!("{why} ({error})"),
    })?;
    let mut get = apt("apt-get", dir);
    get.args(["install", "--download-only", "--reinstall", "--yes"]);
    get.args(["--no-install-recommends", "--quiet=2"]);
    process::run(get.args(packages))?;
    for archive in debs(&archives)? {
        let mut unpack = Command::new("dpkg-deb");
        process::run(unpack.arg("--extract").arg(archive).arg(&root))?;
    }
    // 100 MB that nobody needs any more.
    emptied(&dir.join("cache"))
}

fn emptied(folder: &Path) -> Outcome {
    fs::remove_dir_all(folder)
        .map_err(|error| format!("cannot remove {}: {error}", folder.display()))
}

/// apt with lists and packages of its own below `dir`, and the machine's sources and keys.
fn apt(program: &str, dir: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, folder) in [("Dir::State", "state"), ("Dir::Cache", "cache")] {
        let folder = dir.join(folder);
        command.arg(format!("-o{name}={}", folder.display()));
    }
    // Its locks are those of an installation, and there is none.
    command.args(["-oDebug::NoLocking=true", "-oAPT::Sandbox::User=root"]);
    command.arg("-oDir::State::status=/var/lib/dpkg/status");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(Stdio::null());
    command
}

/// The packages of the compiler of `version`, as apt wants them named.
fn packages(dir: &Path, version: &str) -> Result<Vec<String>, String> {
    for suffix in SUFFIXES {
        let mut ask = apt("apt-cache", dir);
        ask.args(["madison", &format!("rustc{suffix}")]);
        let known = output_of(&mut ask, ANSWER_LIMIT)?;
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

/// The packages in `folder`.
fn debs(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder)
        .map_err(|error| format!("cannot list {}: {error}", folder.display()))?;
    let paths = entries.flatten().map(|entry| entry.path());
    Ok(paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

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
    fn libraries_are_looked_for_below_each_name_of_the_machine() {
        let scratch = Scratch::directory("debian-test").unwrap();
        let root = scratch.path();
        for folder in ["usr/lib/x-linux-gnu", "usr/lib/rustlib", "lib/x-linux-gnu"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        let shown = root.display();
        let expected = format!("{shown}/usr/lib/x-linux-gnu:{shown}/lib/x-linux-gnu");
        assert_eq!(library_path(root), expected);
    }

    #[test]
    fn nothing_unpacked_is_no_compiler() {
        let scratch = Scratch::directory("no-compiler-test").unwrap();
        let root = scratch.path().to_owned();
        assert!(!Compiler { root }.is_of("1.85"));
    }
}
