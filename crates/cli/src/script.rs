//! The script that `sockeye run` is given, as a file. Owns how it is read, whether it is a module,
//! and what each page is given that runs it. Who looks at a page is not its business.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sockeye::web::Options;
use sockeye_js::{Level, Outcome, Page, PageOptions};

use crate::failure::Failure;
use crate::limits::SCRIPT_LEN_MAX;
use crate::values::file;

/// A script that was read.
#[derive(Debug)]
pub(crate) struct Script {
    /// As errors name it.
    name: String,
    text: String,
    is_module: bool,
    /// Where it is, which has what it imports and its workers.
    directory: PathBuf,
}

/// A script and what each of its pages is given.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) script: Script,
    pub(crate) web: Options,
    /// What the script finds as `scriptArgs`.
    pub(crate) args: Vec<String>,
    pub(crate) time_limit: Option<Duration>,
    pub(crate) exposes_gc: bool,
}

impl Job {
    /// What a page of it is given, with `print` called for each line that is written.
    pub(crate) fn page_options(&self, print: impl Fn(Level, &str) + 'static) -> PageOptions {
        let mut options = PageOptions::new(print);
        options.web = self.web.clone();
        options.module_directory = Some(self.script.directory.clone());
        options.args.clone_from(&self.args);
        options.time_limit = self.time_limit;
        options.exposes_gc = self.exposes_gc;
        options
    }
}

impl Script {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let what = format!("the script {}", path.display());
        let text = String::from_utf8(file("the script", path, SCRIPT_LEN_MAX)?)
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
