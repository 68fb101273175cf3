//! Scripts in files beside the first one. Owns which files those are: none outside of its folder.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::limits::MODULE_LEN_MAX;

/// Where the scripts of a page are.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    /// What all are in.
    root: PathBuf,
    /// What relative names start from.
    folder: PathBuf,
}

/// A script that was read.
#[derive(Debug)]
pub(crate) struct Script {
    pub(crate) name: String,
    pub(crate) text: String,
    /// Where its own scripts are.
    pub(crate) files: Files,
}

impl Files {
    pub(crate) fn new(root: &Path) -> Self {
        let here = if root.as_os_str().is_empty() {
            Path::new(".")
        } else {
            root
        };
        Self {
            root: here.to_owned(),
            folder: here.to_owned(),
        }
    }

    /// What all scripts are in.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Reads the script that a relative URL names; or why not.
    pub(crate) fn read(&self, url: &str) -> Result<Script, String> {
        // What a URL has behind the path names no other file.
        let path = url.split(['?', '#']).next().unwrap_or_default();
        let name = self.folder.join(path);
        let why = |error: io::Error| format!("cannot read {}: {error}", name.display());
        let Some(found) = find_inside(&self.root, &name).map_err(why)? else {
            return Err(format!("{} {OUTSIDE}", name.display()));
        };
        let text = read(&found).map_err(|why| format!("cannot read {}: {why}", name.display()))?;
        let folder = name.parent().map(Path::to_owned).unwrap_or_default();
        Ok(Script {
            text,
            files: Self {
                root: self.root.clone(),
                folder,
            },
            name: name.to_string_lossy().into_owned(),
        })
    }
}

/// What is said of a script that is elsewhere, behind its name.
pub(crate) const OUTSIDE: &str = "is not in the script's folder";

/// The file at `path`, unless it is outside of `folder`. Asked of the files themselves: a link may
/// point anywhere.
pub(crate) fn find_inside(folder: &Path, path: &Path) -> io::Result<Option<PathBuf>> {
    let found = path.canonicalize()?;
    let folder = folder.canonicalize()?;
    Ok(found.starts_with(folder).then_some(found))
}

/// The script in that file; or why there is none.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    let why = |error: io::Error| error.to_string();
    let mut text = Vec::new();
    // One byte more tells a file that is too long from one that just fits.
    let mut file = File::open(path).map_err(why)?.take(MODULE_LEN_MAX + 1);
    file.read_to_end(&mut text).map_err(why)?;
    if text.len() as u64 > MODULE_LEN_MAX {
        return Err(format!("it has more than {MODULE_LEN_MAX} bytes"));
    }
    String::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script could read any file of the machine.
    #[test]
    fn only_files_of_the_folder_are_read() {
        let files = Files::new(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
        let script = files.read("./prelude/base.js?x#y").unwrap();
        assert!(script.text.starts_with("//"));
        assert!(script.files.read("idl.js").is_ok());
        assert!(script.files.read("../lib.rs").is_ok());
        for outside in ["../Cargo.toml", "/etc/passwd", "none.js", "prelude"] {
            assert!(files.read(outside).is_err(), "{outside}");
        }
        assert!(script.files.read("../../Cargo.toml").is_err());
    }

    /// A file without an end would take all memory.
    #[test]
    fn file_has_a_bound() {
        let path = std::env::temp_dir().join(format!("sockeye-files-{}", std::process::id()));
        let file = File::create(&path).unwrap();
        file.set_len(MODULE_LEN_MAX + 1).unwrap();
        assert!(read(&path).is_err());
        file.set_len(MODULE_LEN_MAX).unwrap();
        assert!(read(&path).is_ok());
        std::fs::remove_file(&path).unwrap();
    }
}
