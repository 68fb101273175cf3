//! Other people's software that the conformance suites need, by apt-get, pip and npm: pinned
//! versions into `conformance/.work` (Node packages beside the scripts that import them).
//!
//! Each installation leaves a stamp that holds everything it was made from; while that stays the
//! same, nothing is fetched again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::process::{Outcome, missing, root, run};

/// Where Debian puts programs: searched besides `PATH`, which may start with someone's own Python,
/// and lacks servers for all but root.
const DEBIAN_BIN: [&str; 2] = ["/usr/bin", "/usr/sbin"];

/// Somebody else may be installing something; so many seconds are waited for them.
const APT_WAITS: &str = "-oDPkg::Lock::Timeout=120";

/// Succeeds in a Python that can make a virtual environment and is new enough for all pins.
const PYTHON_CHECK: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";

/// Nothing that is not listed, and what must be built is built with our pinned tools.
const PIP_INSTALL: [&str; 9] = [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-input",
    "--disable-pip-version-check",
    "--no-deps",
    "--no-build-isolation",
    "--no-compile",
];

/// Exactly what the lock file says, without the programs that packages want to run.
const NPM_INSTALL: [&str; 5] = [
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
];

/// Where the suites keep what they fetch, build and report. Ignored by git.
pub(crate) fn work_dir() -> PathBuf {
    root().join("conformance/.work")
}

/// A Python environment made of `requirements` (files for pip, in this order, each complete, so
/// that nothing unpinned comes along). `made_from` is what else must not change, and `finish` what
/// is done to a fresh environment. Gives the path of its interpreter.
pub(crate) fn python_environment(
    name: &str,
    requirements: &[PathBuf],
    made_from: &[PathBuf],
    finish: impl FnOnce(&Path) -> Outcome,
) -> Result<PathBuf, String> {
    let dir = work_dir().join(name);
    let python = dir.join("bin/python");
    let base = python_for_venv()?;
    let mut stamp = base.display().to_string();
    for file in requirements.iter().chain(made_from) {
        stamp.push_str(&read(file)?);
    }
    unless_stamped(&dir.join("stamp"), &stamp, || {
        fetch(
            Command::new(&base)
                .args(["-m", "venv", "--clear"])
                .arg(&dir),
        )?;
        for file in requirements {
            fetch(Command::new(&python).args(PIP_INSTALL).arg("-r").arg(file))?;
        }
        finish(&python)
    })?;
    Ok(python)
}

/// The Node packages of `dir/package-lock.json`, in `dir/node_modules`. Gives the path of Node.
pub(crate) fn node_packages(dir: &Path) -> Result<PathBuf, String> {
    let node = program("node", &["nodejs", "npm"])?;
    let npm = program("npm", &["npm"])?;
    let stamp = read(&dir.join("package-lock.json"))?;
    unless_stamped(&dir.join("node_modules/.stamp"), &stamp, || {
        fetch(Command::new(npm).args(NPM_INSTALL).current_dir(dir))
    })?;
    Ok(node)
}

/// The program that a C compiler makes of `source`, which includes `headers`, with `libraries`.
pub(crate) fn c_program(
    name: &str,
    source: &Path,
    headers: &[PathBuf],
    libraries: &[&str],
) -> Outcome {
    let compiler = program("cc", &["gcc", "libc6-dev"])?;
    let made = c_program_path(name);
    let dir = made.parent().unwrap_or(&made);
    fs::create_dir_all(dir).map_err(|error| format!("cannot make {}: {error}", dir.display()))?;
    let mut stamp = read(source)?;
    for header in headers {
        stamp.push_str(&read(header)?);
    }
    unless_stamped(&made.with_extension("stamp"), &stamp, || {
        let mut command = Command::new(&compiler);
        command.args(["-O1", "-Wall", "-o"]).arg(&made).arg(source);
        // Its packages are there, so what does not compile is our own fault.
        run(command.args(libraries))
    })
}

/// Where [`c_program`] puts the program of that name.
pub(crate) fn c_program_path(name: &str) -> PathBuf {
    work_dir().join("c").join(name)
}

/// Finds `name`, installing Debian's `packages` when it is missing.
pub(crate) fn program(name: &str, packages: &[&str]) -> Result<PathBuf, String> {
    if let Some(path) = find(name) {
        return Ok(path);
    }
    debian_packages(packages)?;
    find(name).ok_or_else(|| {
        missing(&format!(
            "no {name} after installing {}",
            packages.join(" ")
        ))
    })
}

/// Installs those of Debian's `packages` that are missing: libraries, which no program tells of.
pub(crate) fn debian_libraries(packages: &[&str]) -> Outcome {
    let installed = |package: &&str| debian_version(package).is_ok();
    if packages.iter().all(installed) {
        return Ok(());
    }
    debian_packages(packages)
}

/// The version of a package of Debian that is installed.
pub(crate) fn debian_version(package: &str) -> Result<String, String> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status} ${Version}"]);
    let output = query.arg(package).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    installed_version(&said.unwrap_or_default()).ok_or_else(|| missing(package))
}

/// The version in `STATUS VERSION`; a package that was removed may have left its status.
fn installed_version(said: &str) -> Option<String> {
    said.strip_prefix("installed ").map(str::to_owned)
}

fn python_for_venv() -> Result<PathBuf, String> {
    if let Some(python) = working_python() {
        return Ok(python);
    }
    debian_packages(&["python3", "python3-venv"])?;
    working_python().ok_or_else(|| missing("no Python from 3.10 on that can make a venv"))
}

fn working_python() -> Option<PathBuf> {
    let works = |python: &PathBuf| {
        Command::new(python)
            .args(["-c", PYTHON_CHECK])
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    places("python3").into_iter().find(works)
}

/// Where the program `name` is, if the machine has it.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    places(name).into_iter().next()
}

/// Every file of that name in the folders where programs are.
fn places(name: &str) -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(DEBIAN_BIN.map(PathBuf::from))
        .map(|dir| dir.join(name))
        .filter(|file| file.is_file())
        .collect()
}

fn debian_packages(packages: &[&str]) -> Outcome {
    let wanted = packages.join(" ");
    if find("apt-get").is_none() {
        return Err(missing(&format!(
            "{wanted} (and no apt-get to install it with)"
        )));
    }
    let id = Command::new("id").arg("-u").output();
    if !id.is_ok_and(|output| output.stdout == b"0\n") {
        return Err(missing(&format!(
            "{wanted} (only root can install Debian's packages)"
        )));
    }
    let options = ["install", "--yes", "--quiet=2", "--no-install-recommends"];
    let installed = package_lists().and_then(|()| run(apt_get().args(options).args(packages)));
    installed.map_err(|error| missing(&format!("{wanted} ({error})")))
}

/// Fetches the lists of Debian's packages, once in a run.
fn package_lists() -> Outcome {
    static FETCHED: OnceLock<Outcome> = OnceLock::new();
    let fetched = FETCHED.get_or_init(|| run(apt_get().args(["update", "--quiet=2"])));
    fetched.clone()
}

/// Runs an installer. What cannot be had is missing; that is no fault of ours.
fn fetch(command: &mut Command) -> Outcome {
    run(command).map_err(|error| missing(&error))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg(APT_WAITS)
        .stdin(Stdio::null());
    command
}

/// Runs `make` unless `file` says that it was done from the same `stamp`.
fn unless_stamped(file: &Path, stamp: &str, make: impl FnOnce() -> Outcome) -> Outcome {
    if fs::read_to_string(file).is_ok_and(|made| made == stamp) {
        return Ok(());
    }
    make()?;
    fs::write(file, stamp).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

/// The text of a file of the project.
pub(crate) fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::{debian_version, installed_version, places, unless_stamped};
    use crate::scratch::Scratch;
    use std::cell::Cell;

    #[test]
    fn stamp_equal_nothing_made_stamp_differs_made_again() {
        let scratch = Scratch::file("stamp");
        let file = scratch.path();
        let made = Cell::new(0);
        let make = || {
            made.set(made.get() + 1);
            Ok(())
        };
        for stamp in ["a", "a", "b"] {
            unless_stamped(file, stamp, make).expect("it is made");
        }
        assert_eq!(made.get(), 2);
        unless_stamped(file, "c", || Err("no".to_owned())).expect_err("not made");
        unless_stamped(file, "c", make).expect("a failure leaves no stamp");
        assert_eq!(made.get(), 3);
    }

    #[test]
    fn package_that_is_removed_or_unknown_has_no_version() {
        let version = installed_version("installed 4.1.6-3");
        assert_eq!(version.as_deref(), Some("4.1.6-3"));
        assert_eq!(installed_version("config-files 4.1.6-3"), None);
        debian_version("no-such-package-anywhere").expect_err("not installed");
    }

    #[test]
    fn program_absent_has_no_place() {
        assert!(places("no-such-program-anywhere").is_empty());
        assert!(!places("sh").is_empty());
    }
}
