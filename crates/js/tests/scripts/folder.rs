//! Scripts in files, for pages that read some. Owns a folder that goes with its test.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder of files.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Files by their paths in it, with what is in them.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("sockeye-scripts-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        for (name, text) in files {
            let file = path.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // One that is left behind fails no test.
        let _ = fs::remove_dir_all(&self.0);
    }
}
