//! Places for temporary files: a file or a directory of this process, gone with its owner. Never
//! says what is put there.

use std::fs;
use std::path::{Path, PathBuf};

/// A place whose content is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// A file that somebody else will write; `purpose` tells it from others of this process.
    pub(crate) fn file(purpose: &str) -> Self {
        let name = format!("sockeye-{}-{purpose}", std::process::id());
        Self {
            path: std::env::temp_dir().join(name),
        }
    }

    /// An empty directory.
    pub(crate) fn directory(purpose: &str) -> Result<Self, String> {
        let scratch = Self::file(purpose);
        fs::create_dir_all(&scratch.path)
            .map_err(|error| format!("cannot make {}: {error}", scratch.path.display()))?;
        Ok(scratch)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It does not exist where its writer could not be started; and what is left in a directory
        // for temporary files harms nobody.
        let _ = if self.path.is_dir() {
            fs::remove_dir_all(&self.path)
        } else {
            fs::remove_file(&self.path)
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directory_and_file_are_gone_with_their_owner() {
        let directory = Scratch::directory("scratch-test").unwrap();
        fs::write(directory.path().join("inside"), "x").unwrap();
        let file = Scratch::file("scratch-test-file");
        fs::write(file.path(), "x").unwrap();
        let paths = [directory.path().to_owned(), file.path().to_owned()];
        drop((directory, file));
        assert!(paths.iter().all(|path| !path.exists()), "{paths:?}");
    }
}
