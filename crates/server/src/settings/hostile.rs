//! Configurations of any text. Owns what holds of any: what is wrong is said with its line, and
//! what was read is what the options would write.

use std::path::PathBuf;

use super::fault::Source;
use super::load::{Given, load};
use super::table::all;
use crate::options::Options;

/// A file of any text, and the same text in a variable: the first byte says which.
pub fn settings(data: &[u8]) {
    play(data);
}

/// Whether nothing was wrong with the file.
pub(crate) fn play(data: &[u8]) -> bool {
    let (choice, rest) = data.split_first().unwrap_or((&0, &[]));
    let text = String::from_utf8_lossy(rest);
    let file = Some((PathBuf::from("sockeye.toml"), text.clone().into_owned()));
    let mut loaded = load(Given {
        file,
        ..Given::default()
    });
    let lines = text.matches('\n').count() + 1;
    for fault in &loaded.faults {
        assert!(!fault.to_string().contains('\n'), "{fault}");
        if let Source::File { line, .. } = fault.source() {
            assert!((1..=lines).contains(line), "{fault}");
        }
    }
    is_written_as_read(&mut loaded.options);
    let is_good = loaded.faults.is_empty();
    let setting = all().nth(usize::from(*choice) % all().count());
    let name = setting.expect("it is within").variable();
    let variables = vec![(name, text.into_owned())];
    let mut loaded = load(Given {
        variables,
        ..Given::default()
    });
    assert!(loaded.unknown_variables.is_empty());
    is_written_as_read(&mut loaded.options);
    is_good
}

fn is_written_as_read(options: &mut Options) {
    let mut again = Options::default();
    for setting in all() {
        let value = setting.kind.value(options);
        let kept = setting.kind.set(&mut again, &value);
        assert!(kept.is_some(), "{} is {value}", setting.name);
        assert_eq!(setting.kind.value(&mut again), value, "{}", setting.name);
    }
}
