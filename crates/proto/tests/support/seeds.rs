//! The committed seeds of the fuzz targets, for tests that do without a fuzzer; those of other
//! crates have this file as well.

use std::path::Path;

/// The seeds of the target `name`, in the order of their names.
pub(crate) fn read(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let entries = std::fs::read_dir(folder.join(name)).expect("the seeds are committed");
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let seeds = paths.iter().map(|path| std::fs::read(path).unwrap());
    let seeds: Vec<_> = seeds.collect();
    assert!(seeds.len() >= 5, "only {} seeds of {name}", seeds.len());
    seeds
}
