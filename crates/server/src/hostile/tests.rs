//! The fuzz targets without a fuzzer: over the committed seeds, cut and changed, and over thousands
//! of inputs that are made of what such texts are made of.

#[path = "../../../proto/tests/support/dice.rs"]
mod dice;
#[path = "../../../proto/tests/support/mutation.rs"]
mod mutation;
#[path = "../../../proto/tests/support/seeds.rs"]
mod seeds;

use super::{forwarded, head, room};
use crate::auth::hostile::{play_keys, play_token};
use crate::{settings, viewer};
use dice::Dice;
use mutation::mutate;

/// Inputs that are made of pieces.
const INPUTS: usize = 20_000;
/// Inputs that are made of seeds.
const CHANGED: usize = 1000;

/// What headers of proxies are made of, good and bad.
const PIECES: [&str; 25] = [
    "for=",
    "For=",
    "proto=https",
    "proto=",
    ";",
    ",",
    ", ",
    "\"",
    "\\",
    "[",
    "]",
    ":",
    ":4711",
    "10.0.0.1",
    "10.0.0.2",
    "192.0.2.7",
    "2001:db8::1",
    "2001:db9::9",
    "::ffff:192.0.2.7",
    "unknown",
    "_hidden",
    "https",
    " ",
    "=",
    "\n",
];

/// What addresses of rooms are made of.
const LETTERS: [&str; 17] = [
    "%",
    "%2",
    "%41",
    "%zz",
    "%C3%A9",
    "%FF",
    "%00",
    "+",
    "&",
    "=",
    "room=",
    "a",
    "Z",
    "/",
    "?",
    "é",
    "%f0%9f%a6%80",
];

/// Up to two dozen of `pieces` in a row.
fn row(dice: &mut Dice, pieces: &[&str]) -> String {
    let count = dice.roll() % 24;
    let pieces = (0..count).map(|_| pieces[dice.roll() % pieces.len()]);
    pieces.collect()
}

/// How many of the seeds are what `play` looks for. All of them are played cut off anywhere and
/// changed as well.
fn play_seeds(name: &str, play: fn(&[u8]) -> bool) -> usize {
    let seeds = seeds::read(name);
    let found = seeds.iter().filter(|seed| play(seed)).count();
    for seed in &seeds {
        for end in 0..seed.len() {
            play(&seed[..end]);
        }
    }
    let mut dice = Dice(2026);
    for _ in 0..CHANGED {
        let mut input = seeds[dice.roll() % seeds.len()].clone();
        for _ in 0..=dice.roll() % 4 {
            mutate(&mut input, &mut dice);
        }
        play(&input);
    }
    found
}

/// Fails if somebody whom nobody trusts is believed, if what a proxy appends is not, if a line that
/// a proxy split means something else than the whole, or if one address has two forms.
#[test]
fn address_that_a_header_tells_is_one_of_those_that_trusted_proxies_may_tell() {
    let told = play_seeds("forwarded", forwarded::play);
    assert!(told >= 2, "only {told} seeds");
    let mut dice = Dice(1);
    let mut told = 0;
    for _ in 0..INPUTS {
        let input = format!("{}{}", dice.roll() % 2, row(&mut dice, &PIECES));
        told += usize::from(forwarded::play(input.as_bytes()));
    }
    assert!(told > INPUTS / 100, "only {told} headers told an address");
}

/// Fails if a room's name is read otherwise than it was written, in a path or in a query.
#[test]
fn room_that_an_address_names_is_what_its_encoding_says() {
    let is_named = |data: &[u8]| room::play(data) == Ok(true);
    let named = play_seeds("room", is_named);
    assert!(named >= 2, "only {named} seeds");
    let mut dice = Dice(2);
    let (mut named, mut unreadable) = (0, 0);
    for _ in 0..INPUTS {
        match room::play(row(&mut dice, &LETTERS).as_bytes()) {
            Ok(is_named) => named += usize::from(is_named),
            Err(_) => unreadable += 1,
        }
    }
    let enough = INPUTS / 100;
    assert!(
        named > enough && unreadable > enough,
        "{named} {unreadable}"
    );
}

/// Fails if a head is for another host than a proxy thinks, opens a WebSocket to another host's
/// page, hides or makes up a session, or shows a token in the frame view.
#[test]
fn head_of_any_bytes_opens_and_shows_what_it_may() {
    let heads = play_seeds("head", head::play);
    assert!(heads >= 5, "only {heads} seeds");
}

/// Fails if somebody without the secret is somebody, or whoever has it is out of bounds.
#[test]
fn token_of_any_bytes_makes_nobody_of_a_stranger() {
    let good = play_seeds("token", play_token);
    assert!(good >= 2, "only {good} seeds");
}

/// Fails if a key set has a key with which a stranger can sign, or more keys than it may.
#[test]
fn key_set_of_any_bytes_has_keys_within_bounds() {
    let good = play_seeds("keys", |data| play_keys(data) > 0);
    assert!(good >= 2, "only {good} seeds");
}

/// Fails if what is wrong with a file is said of a line that there is not, or a value is kept that
/// could not be written again.
#[test]
fn configuration_of_any_text_is_read_as_it_would_be_written() {
    let good = play_seeds("settings", settings::hostile::play);
    assert!(good >= 2, "only {good} seeds");
}

/// Fails if a message of a frame view is taken for a command that it is not.
#[test]
fn message_of_any_text_is_a_command_only_as_a_whole() {
    let commands = play_seeds("command", viewer::hostile::play);
    assert!(commands >= 2, "only {commands} seeds");
}
