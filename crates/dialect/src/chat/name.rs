//! Names of people in a chat, in any script: which may be one, which two are the same, and what is
//! tried when one is taken. Never decides who has a name.

use std::fmt;
use std::iter;

use sockeye_hub::{Member, Refusal, UserId};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::limits::{NAME_CHARS_MAX, NAME_DIGIT_MAX, NAME_KEY_LEN_MAX, NAME_MARKS_MAX};

/// A name that may be one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Name {
    /// As people see it. Invariant: in the form NFC, neither empty nor longer than names may be,
    /// with single spaces for whitespace of any kind, none of it at its ends.
    shown: Box<str>,
    /// What it is compared by. Invariant: not empty.
    key: Box<str>,
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NameFault {
    /// Nothing of it can be seen.
    Empty,
    /// It is longer than names may be.
    Long { chars: usize, chars_max: usize },
    /// What it is compared by is longer than the hub takes: its letters fold to more letters.
    Wide { len: usize, len_max: usize },
    /// It has a character that shows nothing, nothing that people agree on, or changes how others
    /// are shown.
    Hidden { character: char },
    /// Marks are heaped upon one character, and cover what stands above and below, or upon none.
    Marks { marks: usize, marks_max: usize },
}

impl NameFault {
    /// The hub's number for it.
    pub(super) fn code(self) -> u16 {
        let refusal = match self {
            Self::Long { .. } | Self::Wide { .. } => Refusal::Limit,
            Self::Empty | Self::Hidden { .. } | Self::Marks { .. } => Refusal::BadRequest,
        };
        refusal.code()
    }
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "empty name"),
            Self::Long { chars, chars_max } => {
                write!(
                    f,
                    "name of {chars} characters, at most {chars_max} are allowed"
                )
            }
            Self::Wide { len, len_max } => {
                write!(
                    f,
                    "name of {len} bytes without case, at most {len_max} are allowed"
                )
            }
            Self::Hidden { character } => {
                let number = u32::from(*character);
                write!(f, "name with U+{number:04X}, which cannot be seen")
            }
            Self::Marks { marks, marks_max } => {
                write!(
                    f,
                    "name with {marks} marks upon one character, at most {marks_max} are allowed"
                )
            }
        }
    }
}

impl Name {
    /// Checks and takes a name. Whitespace at its ends does not count, and each run of it within is
    /// one space: people cannot tell them apart. What can be written in several ways that look the
    /// same (`й`, and `и` with a breve) is told in one of them, NFC.
    pub(super) fn new(text: &str, chars_max: usize) -> Result<Self, NameFault> {
        let text: &str = &text.nfc().collect::<String>();
        let hidden = text.chars().find(|character| is_hidden(*character));
        if let Some(character) = hidden {
            return Err(NameFault::Hidden { character });
        }
        let chars_max = chars_max.min(NAME_CHARS_MAX);
        let words = || text.split_whitespace();
        let letters: usize = words().map(|word| word.chars().count()).sum();
        let chars = letters + words().count().saturating_sub(1);
        let key = key(text);
        if key.is_empty() {
            return Err(NameFault::Empty);
        }
        if chars > chars_max {
            return Err(NameFault::Long { chars, chars_max });
        }
        for word in words() {
            check_marks(word)?;
        }
        let (len, len_max) = (key.len(), NAME_KEY_LEN_MAX);
        if len > len_max {
            return Err(NameFault::Wide { len, len_max });
        }
        let shown: Vec<&str> = words().collect();
        Ok(Self {
            shown: shown.join(" ").into(),
            key: key.into(),
        })
    }

    /// The name of somebody who has no other.
    pub(super) fn guest() -> Self {
        Self {
            shown: "Guest".into(),
            key: "guest".into(),
        }
    }

    /// As people see it.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// What it is compared by.
    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// What to claim, in the order of preference: the name itself, then with digits behind it, and
    /// last with a number that nobody else has.
    pub(super) fn choices(&self, unique: u64) -> Vec<Member> {
        let digits = (2..=NAME_DIGIT_MAX).map(|digit| digit.to_string());
        let endings = iter::once(String::new()).chain(digits);
        let endings = endings.chain([unique.to_string()]);
        // All of them can be: there is room for the longest number behind the longest key.
        endings.filter_map(|ending| self.member(&ending)).collect()
    }

    fn member(&self, ending: &str) -> Option<Member> {
        let user = UserId::new(&format!("{}{ending}", self.key)).ok()?;
        let info = format!("{}{ending}", self.shown).into();
        Some(Member { user, info })
    }
}

/// What two names are compared by: without case, without whitespace, without what cannot be seen,
/// and in NFC. Letters are taken apart before they lose their case and put together behind it, as
/// case folding makes some of either kind.
pub(super) fn key(text: &str) -> String {
    let seen = text
        .chars()
        .filter(|character| !character.is_whitespace() && !is_joiner(*character));
    // By way of the upper case, so that letters with two lower cases (σ, ς) are one; and of the
    // lower case before it, so that those with two upper cases (ẞ, SS) are.
    let folded = seen.nfd().flat_map(char::to_lowercase);
    let folded = folded.flat_map(char::to_uppercase);
    folded.flat_map(char::to_lowercase).nfc().collect()
}

/// Characters that shape those beside them, without which some scripts and emoji cannot be written.
fn is_joiner(character: char) -> bool {
    matches!(
        character,
        '\u{34f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}'
    )
}

/// Whether no character of a word has more marks than languages put there. A mark that a word
/// begins with would sit on whatever stands before it.
fn check_marks(word: &str) -> Result<(), NameFault> {
    let (mut marks, mut marks_max) = (0, 0);
    // Taken apart, so that a mark counts also where a character has it in itself.
    for character in word.nfd().filter(|character| !is_joiner(*character)) {
        if !is_mark(character) {
            (marks, marks_max) = (0, NAME_MARKS_MAX);
            continue;
        }
        marks += 1;
        if marks > marks_max {
            return Err(NameFault::Marks { marks, marks_max });
        }
    }
    Ok(())
}

/// Marks of the blocks that are nothing but marks and sit on letters of any script. Those of one
/// script alone, such as the vowels of Hebrew and Thai, are drawn where that has room for them.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Characters that make a name look like another one, like none, or like something else to
/// everybody: fonts draw nothing or what they please for what nobody assigned.
fn is_hidden(character: char) -> bool {
    match character.general_category() {
        GeneralCategory::Control => !character.is_whitespace(),
        GeneralCategory::Format => !is_joiner(character) && !is_number_sign(character),
        GeneralCategory::PrivateUse | GeneralCategory::Surrogate | GeneralCategory::Unassigned => {
            true
        }
        _ => is_blank(character),
    }
}

/// Characters of format that are seen, as a line under or above what follows.
fn is_number_sign(character: char) -> bool {
    matches!(
        character,
        '\u{600}'
            ..='\u{605}'
                | '\u{6dd}'
                | '\u{70f}'
                | '\u{890}'
                | '\u{891}'
                | '\u{8e2}'
                | '\u{110bd}'
                | '\u{110cd}'
    )
}

/// Letters, marks and symbols by their category that show nothing.
fn is_blank(character: char) -> bool {
    matches!(character,
        // The fillers of Hangul, Khmer's inherent vowels, Mongolian's variation selectors.
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180d}' | '\u{180f}'
        // The empty Braille cell, fillers, the place of an object that is not there.
        | '\u{2800}' | '\u{3164}' | '\u{ffa0}' | '\u{fffc}'
        // Egyptian blanks and mirroring, the filler of Khitan, the musical null notehead.
        | '\u{13440}'..='\u{13442}' | '\u{16fe4}' | '\u{1d159}'
        // Further variation selectors.
        | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockeye_hub::limits::{CLAIM_NAMES_MAX, TAG_LEN_MAX};

    fn name(text: &str) -> Name {
        Name::new(text, NAME_CHARS_MAX).unwrap()
    }

    /// If this fails, two people have names that others cannot tell apart.
    #[test]
    fn names_that_look_alike_are_the_same() {
        for (one, other) in [
            ("Ann", "aNN"),
            ("Ann Lee", "ann\u{a0}lee"),
            ("Ann Lee", "AnnLee"),
            ("Ann", " \u{3000}Ann\t"),
            ("Анна", "АННА"),
            ("ΣΑΣ", "σας"),
            ("ẞ", "ss"),
            ("❤", "❤\u{fe0f}"),
            ("Андрей", "Андреи\u{306}"),
            ("Андрей", "АНДРЕИ\u{34f}\u{306}"),
            ("José", "JOSE\u{301}"),
            ("Å", "\u{212b}"),
            ("한", "\u{1112}\u{1161}\u{11ab}"),
            ("q\u{323}\u{307}", "q\u{307}\u{323}"),
            ("ΐ", "Ι\u{308}\u{301}"),
            ("ᾳ\u{301}", "ά\u{345}"),
        ] {
            assert_eq!(name(one).key, name(other).key, "{one:?} {other:?}");
        }
        assert_ne!(name("Ann").key, name("Anna").key);
    }

    /// If this fails, people cannot write their names, or are shown otherwise than they wrote.
    #[test]
    fn names_of_all_scripts_are_shown_as_they_are() {
        for text in [
            "Ann",
            "Łukasz",
            "Анна",
            "李小龍",
            "محمد",
            "नेहा",
            "می\u{200c}خواهم",
            "👩\u{200d}🚀",
            "<b>",
        ] {
            assert_eq!(name(text).shown(), text);
        }
        assert_eq!(name(" Ann \n\u{2003} Lee ").shown(), "Ann Lee");
        assert_eq!(name("Андреи\u{306}").shown(), "Андрей");
        assert_eq!(name("\u{600}7").shown(), "\u{600}7");
    }

    /// If this fails, a hostile name gets through, or its owner is not told why it does not.
    #[test]
    fn hostile_names_are_refused_with_the_reason() {
        for (text, reason) in [
            ("", "empty name"),
            (" \u{2003}\u{200d} ", "empty name"),
            ("Ann\u{202e}", "name with U+202E, which cannot be seen"),
            ("A\u{200b}nn", "name with U+200B, which cannot be seen"),
            ("\u{3164}", "name with U+3164, which cannot be seen"),
            ("Ann\u{7}", "name with U+0007, which cannot be seen"),
            ("\u{e0041}", "name with U+E0041, which cannot be seen"),
            (
                "e\u{301}\u{301}\u{200d}\u{301}\u{301}",
                "name with 4 marks upon one character, at most 3 are allowed",
            ),
            (
                "Ann \u{301}",
                "name with 1 marks upon one character, at most 0 are allowed",
            ),
            (
                "aaaaaaaaaaaaaaaaaaaaaaaaa",
                "name of 25 characters, at most 24 are allowed",
            ),
        ] {
            let fault = Name::new(text, 99).unwrap_err();
            assert_eq!(fault.to_string(), reason, "{text:?}");
        }
        let wide = Name::new(&"ᾷ".repeat(24), 24).unwrap_err().to_string();
        assert_eq!(
            wide,
            "name of 120 bytes without case, at most 108 are allowed"
        );
        assert!(Name::new("Анна", 4).is_ok() && Name::new("Анна!", 4).is_err());
    }

    /// If this fails, somebody is called what nobody sees, or the same as somebody else with
    /// something behind it that nobody sees.
    #[test]
    fn characters_that_nobody_sees_are_in_no_name() {
        let formats = ('\u{1bca0}'..='\u{1bca3}').chain('\u{13430}'..='\u{13442}');
        let others = "\u{e000}\u{f0000}\u{378}\u{ffff}\u{fdd0}\u{1d159}\u{fff9}\u{fffc}\u{16fe4}";
        for character in formats
            .chain(others.chars())
            .chain(['\u{e0041}', '\u{e0100}'])
        {
            for text in [String::from(character), format!("Ann{character}")] {
                let fault = NameFault::Hidden { character };
                assert_eq!(Name::new(&text, 24), Err(fault), "{text:?}");
            }
        }
    }

    /// If this fails, somebody whose name is taken gets none, or one that the hub does not take.
    #[test]
    fn choices_begin_with_the_name_and_end_with_a_unique_one() {
        let shown = |name: &Name| -> Vec<String> {
            let choices = name.choices(u64::MAX).into_iter();
            choices.map(|member| member.info.to_string()).collect()
        };
        let choices = shown(&name("Ann"));
        assert_eq!(choices[..3], ["Ann", "Ann2", "Ann3"]);
        assert_eq!(choices.last().unwrap(), "Ann18446744073709551615");
        assert!(choices.len() <= CLAIM_NAMES_MAX);
        let longest = shown(&name(&"𐐀".repeat(NAME_CHARS_MAX)));
        assert_eq!(longest.len(), choices.len());
        assert!(longest.iter().all(|name| name.len() <= TAG_LEN_MAX));
        assert_eq!(shown(&Name::guest())[0], "Guest");
        assert_eq!(name("Guest"), Name::guest());
        let widest = shown(&name(&"ᾷ".repeat(NAME_KEY_LEN_MAX / 5)));
        assert_eq!(widest.len(), choices.len());
    }
}
