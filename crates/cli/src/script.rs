//! The script that `sockeye run` is given, as a file. Owns how it is read, and whether it is a
//! module. Knows no page's options.

use std::path::{Path, PathBuf};

use sockeye_js::{Outcome, Page};

use crate::failure::Failure;
use crate::values::file;

/// A script that was read.
#[derive(Debug)]
pub(crate) struct Script {
    /// As errors name it.
    name: String,
    text: String,
    is_module: bool,
    /// Where it is, which has what it imports and its workers.
    pub(crate) directory: PathBuf,
}

impl Script {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let what = format!("the script {}", path.display());
        let text = String::from_utf8(file("the script", path)?)
            .map_err(|error| Failure::run(format_args!("cannot read {what}"), &error))?;
        Ok(Self {
            name: path.to_string_lossy().into_owned(),
            text,
            is_module: path.extension().is_some_and(|end| end == "mjs"),
            directory: directory(path).to_owned(),
        })
    }

    /// Runs it in `page`, to its end.
    pub(crate) async fn run(&self, page: Page) -> Outcome {
        if self.is_module {
            page.run_module(&self.name, &self.text).await
        } else {
            page.run(&self.name, &self.text).await
        }
    }
}

/// Where `script` is.
fn directory(script: &Path) -> &Path {
    let directory = script.parent();
    let named = directory.filter(|directory| !directory.as_os_str().is_empty());
    named.unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script without a path would import from nowhere.
    #[test]
    fn script_is_in_a_directory() {
        assert_eq!(directory(Path::new("a/b.js")), Path::new("a"));
        assert_eq!(directory(Path::new("b.js")), Path::new("."));
        assert!(Script::read(Path::new("/nowhere/a.js")).is_err());
    }
}
