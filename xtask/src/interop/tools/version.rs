//! Which version of a peer it is: pins are read, browsers are asked, Debian knows its packages.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::install::{debian_version, read};
use crate::interop::tools::scripts;
use crate::program::output_of;

/// Saying a version takes a browser a second.
const LIMIT: Duration = Duration::from_secs(30);

/// The version that `package.json` pins.
pub(super) fn of_node_package(name: &str) -> Result<String, String> {
    pinned(
        &scripts().join("package.json"),
        &format!("\"{name}\": \""),
        '"',
    )
}

/// The version that `requirements.txt` pins.
pub(super) fn of_python_package(name: &str) -> Result<String, String> {
    pinned(
        &scripts().join("requirements.txt"),
        &format!("{name}=="),
        '\n',
    )
}

/// The version of Debian's package that is installed, without Debian's own number.
pub(super) fn of_debian_package(name: &str) -> Result<String, String> {
    let version = debian_version(name)?;
    Ok(version.split('-').next().unwrap_or_default().to_owned())
}

/// The version that a browser says it is: the first word with a dot in it.
pub(super) fn said_by(program: &Path) -> Result<String, String> {
    let lines = output_of(Command::new(program).arg("--version"), LIMIT)?;
    let version = lines.iter().flat_map(|line| line.split_whitespace());
    let version = version.into_iter().find(|word| word.contains('.'));
    let none = || format!("{} says no version", program.display());
    version.map(str::to_owned).ok_or_else(none)
}

fn pinned(file: &Path, before: &str, after: char) -> Result<String, String> {
    let text = read(file)?;
    let version = between(&text, before, after);
    version.ok_or_else(|| format!("{} pins no {before}", file.display()))
}

fn between(text: &str, before: &str, after: char) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    rest.split(after).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn version_is_what_stands_between() {
        let pins = "six==1.17.0\ntornado==6.6.1\n";
        assert_eq!(between(pins, "tornado==", '\n').as_deref(), Some("6.6.1"));
        assert_eq!(between(pins, "ws==", '\n'), None);
    }
}
