//! Programs out of Debian's packages, unpacked below `target/tools`. Never installs anything,
//! starts no service, needs no root: lists and packages are kept beside what was unpacked.
//!
//! apt takes a package only with the checksum that the signed index names, so that no checksum
//! needs to stand here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::process::{self, Outcome};
use crate::program::output_of;

/// How long apt may take to answer from its lists.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// A folder of unpacked packages.
#[derive(Debug)]
pub(crate) struct Unpacked {
    dir: PathBuf,
}

impl Unpacked {
    /// That of `name`, whether or not anything is there yet.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            dir: process::root().join("target/tools").join(name),
        }
    }

    /// Where a file of a package is, such as `usr/bin/cargo`.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.dir.join("root").join(path)
    }

    /// A program of a package, which finds the libraries that came with it.
    pub(crate) fn program(&self, path: &str) -> Command {
        let mut command = Command::new(self.file(path));
        command.env("LD_LIBRARY_PATH", library_path(&self.dir.join("root")));
        command
    }

    /// Fetches the packages that `wanted` picks, once apt's lists are here, and unpacks them with
    /// what they need and the machine lacks.
    pub(crate) fn fetch(
        &self,
        wanted: impl FnOnce(&Self) -> Result<Vec<String>, String>,
    ) -> Outcome {
        if self.dir.exists() {
            // Half of an earlier attempt, or of another machine.
            emptied(&self.dir)?;
        }
        let (archives, root) = (self.dir.join("cache/archives"), self.dir.join("root"));
        for folder in [
            &archives.join("partial"),
            &self.dir.join("state/lists/partial"),
            &root,
        ] {
            fs::create_dir_all(folder)
                .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        }
        // One list of many that cannot be had is no reason to give up.
        let updated = process::run(self.apt("apt-get").args(["update", "--quiet=2"]));
        let packages = wanted(self).map_err(|why| match &updated {
            Ok(()) => why,
            Err(error) => format!("{why} ({error})"),
        })?;
        let mut get = self.apt("apt-get");
        get.args(["install", "--download-only", "--reinstall", "--yes"]);
        get.args(["--no-install-recommends", "--quiet=2"]);
        process::run(get.args(packages))?;
        for archive in debs(&archives)? {
            let mut unpack = Command::new("dpkg-deb");
            process::run(unpack.arg("--extract").arg(archive).arg(&root))?;
        }
        // 100 MB that nobody needs any more.
        emptied(&self.dir.join("cache"))
    }

    /// What apt knows of a package's versions, the newest first.
    pub(crate) fn versions(&self, package: &str) -> Result<Vec<String>, String> {
        let mut ask = self.apt("apt-cache");
        output_of(ask.args(["madison", package]), ANSWER_LIMIT)
    }

    /// apt with lists and packages of its own, and the machine's sources and keys.
    fn apt(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        for (name, folder) in [("Dir::State", "state"), ("Dir::Cache", "cache")] {
            let folder = self.dir.join(folder);
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

fn emptied(folder: &Path) -> Outcome {
    fs::remove_dir_all(folder)
        .map_err(|error| format!("cannot remove {}: {error}", folder.display()))
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
    fn nothing_unpacked_is_no_program() {
        let unpacked = Unpacked::named("no-such-tool-anywhere");
        assert!(unpacked.program("usr/bin/cargo").output().is_err());
    }
}
