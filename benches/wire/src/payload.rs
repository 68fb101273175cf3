//! What the messages say: the same bytes in every run, different in every message.

/// The kinds of content a scenario may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text of one byte per character.
    Ascii,
    /// Any bytes, as a binary message.
    Binary,
    /// Records as an application's feed has them; they compress to about a third.
    Json,
    /// Text of one to four bytes per character, as people of the whole world write it.
    MultiByte,
}

impl Content {
    /// Reads the command line's word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "ascii" => Some(Self::Ascii),
            "binary" => Some(Self::Binary),
            "json" => Some(Self::Json),
            "multi-byte" => Some(Self::MultiByte),
            _ => None,
        }
    }

    /// Whether it goes out as text.
    pub fn is_text(self) -> bool {
        self != Self::Binary
    }

    /// The `index`-th payload, exactly `len` bytes long.
    pub fn generate(self, index: u64, len: usize) -> Vec<u8> {
        let mut random = Random::new(index);
        match self {
            Self::Ascii => random.take(len, |random, out| out.push(random.pick(ASCII.as_bytes()))),
            Self::Binary => random.take(len, |random, out| {
                out.extend_from_slice(&random.number().to_le_bytes());
            }),
            Self::Json => json(&mut random, len),
            Self::MultiByte => multi_byte(&mut random, len),
        }
    }
}

const ASCII: &str = "abcdefghijklmnopqrstuvwxyz     ABCDEFGHIJKLMNOPQRSTUVWXYZ,.0123456789";

/// Two bytes each, two each, three each, four each, one each.
const ALPHABETS: [&str; 5] = [
    "αβγδεζηθικλμν",
    "абвгдежзиклмн",
    "語文字列通信早速",
    "😀🚀🌍🎉🦀",
    "latin words ",
];

fn multi_byte(random: &mut Random, len: usize) -> Vec<u8> {
    let mut text = String::with_capacity(len + 4);
    while text.len() < len {
        let alphabet: Vec<char> = random.pick(&ALPHABETS).chars().collect();
        for _ in 0..8 {
            text.push(random.pick(&alphabet));
        }
    }
    while text.len() > len {
        text.pop();
    }
    // The last whole character may have ended a few bytes early.
    text.extend(std::iter::repeat_n('.', len - text.len()));
    text.into_bytes()
}

fn json(random: &mut Random, len: usize) -> Vec<u8> {
    const NAMES: [&str; 8] = [
        "ada", "bela", "chen", "dora", "emre", "fatou", "goran", "hana",
    ];
    const KINDS: [&str; 4] = ["message", "join", "typing", "reaction"];
    let mut text = String::from("[");
    loop {
        let record = format!(
            r#"{{"id":{},"user":"{}","kind":"{}","room":{},"time":{},"text":"{}"}},"#,
            random.number() % 1_000_000,
            random.pick(&NAMES),
            random.pick(&KINDS),
            random.number() % 100,
            1_700_000_000_000 + random.number() % 100_000_000,
            words(random),
        );
        // A last record of spaces closes the list, as long as it must be.
        if text.len() + record.len() + 2 > len {
            break;
        }
        text.push_str(&record);
    }
    text.extend(std::iter::repeat_n(' ', len.saturating_sub(text.len() + 2)));
    text.push_str("0]");
    text.truncate(len);
    text.into_bytes()
}

fn words(random: &mut Random) -> String {
    const WORDS: [&str; 12] = [
        "the", "server", "answers", "every", "message", "once", "and", "in", "order", "while",
        "it", "can",
    ];
    let count = 4 + random.number() % 6;
    (0..count)
        .map(|_| random.pick(&WORDS))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A small generator (xorshift64*), so that no run differs from another.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Starts a sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        random.number();
        random
    }

    /// The next number of the sequence.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 8
    }

    /// One of `choices`. Invariant of the callers: there is at least one.
    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        let index = self.number() % choices.len() as u64;
        choices[usize::try_from(index).unwrap_or(0)]
    }

    fn take(&mut self, len: usize, mut more: impl FnMut(&mut Self, &mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::with_capacity(len + 8);
        while out.len() < len {
            more(self, &mut out);
        }
        out.truncate(len);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Content; 4] = [
        Content::Ascii,
        Content::Binary,
        Content::Json,
        Content::MultiByte,
    ];

    #[test]
    fn payloads_have_the_length_asked_for() {
        for content in ALL {
            for len in [0, 1, 2, 63, 64, 1024, 16_384] {
                assert_eq!(content.generate(3, len).len(), len, "{content:?}");
            }
        }
    }

    #[test]
    fn payloads_repeat_between_runs_and_differ_between_messages() {
        for content in ALL {
            assert_eq!(content.generate(1, 1024), content.generate(1, 1024));
            assert_ne!(content.generate(1, 1024), content.generate(2, 1024));
        }
    }

    #[test]
    fn text_is_text_and_ascii_is_ascii() {
        for content in ALL.into_iter().filter(|content| content.is_text()) {
            let text = String::from_utf8(content.generate(7, 1024)).unwrap();
            assert_eq!(text.is_ascii(), content != Content::MultiByte);
        }
    }

    #[test]
    fn multi_byte_text_holds_characters_of_every_length() {
        let text = String::from_utf8(Content::MultiByte.generate(0, 4096)).unwrap();
        for len in 1..=4 {
            assert!(
                text.chars().any(|character| character.len_utf8() == len),
                "{len}"
            );
        }
    }
}
