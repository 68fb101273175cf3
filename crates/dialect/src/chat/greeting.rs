//! javascript.info's greeting server: who says their name is greeted by it, and some seconds after
//! the first greeting the connection is closed cleanly. Needs nothing of the hub.

use std::time::Duration;

use sockeye_hub::Notice;

use super::Options;
use super::name::Name;
use crate::act::{Acts, Close, Frame};
use crate::session::{Now, Session};

/// The words of one language.
#[derive(Debug)]
struct Words {
    /// What the name follows.
    prefix: &'static str,
    greeting: &'static str,
    /// Whom it greets who said no name.
    nobody: &'static str,
    bye: &'static str,
}

/// As in the Russian tutorial.
static RUSSIAN: Words = Words {
    prefix: "Меня зовут ",
    greeting: "Привет с сервера",
    nobody: "Гость",
    bye: "Пока!",
};

/// As in the English one.
static ENGLISH: Words = Words {
    prefix: "My name is ",
    greeting: "Hello from server",
    nobody: "Guest",
    bye: "Bye!",
};

/// A session of the greeting server.
#[derive(Debug)]
pub(super) struct Greeting {
    name_chars_max: usize,
    delay: Duration,
    /// Set by the first greeting.
    due: Option<Duration>,
    bye: &'static str,
}

impl Greeting {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            name_chars_max: options.name_chars_max,
            delay: options.greeting_delay,
            due: None,
            bye: RUSSIAN.bye,
        }
    }
}

impl Session for Greeting {
    fn open(&mut self, _now: Now, _acts: &mut Acts) {}

    fn text(&mut self, now: Now, text: &str, acts: &mut Acts) {
        let words = words_of(text);
        let name = text.strip_prefix(words.prefix);
        let name = name.and_then(|name| Name::new(name, self.name_chars_max).ok());
        let name = name.as_ref().map_or(words.nobody, Name::shown);
        acts.frame(Frame::text(&format!("{}, {name}!", words.greeting)));
        if self.due.is_none() {
            self.due = Some(now.elapsed.saturating_add(self.delay));
            self.bye = words.bye;
        }
    }

    fn binary(&mut self, _now: Now, _bytes: &[u8], acts: &mut Acts) {
        acts.close(Close::Unsupported("a name is text"));
    }

    fn notice(&mut self, _now: Now, _notice: &Notice, _acts: &mut Acts) {}

    fn due(&self) -> Option<Duration> {
        self.due
    }

    fn tick(&mut self, now: Now, acts: &mut Acts) {
        if self.due.is_some_and(|due| due <= now.elapsed) {
            self.due = None;
            acts.close(Close::Normal(self.bye));
        }
    }
}

/// The language that somebody speaks.
fn words_of(text: &str) -> &'static Words {
    if text.starts_with(ENGLISH.prefix) {
        &ENGLISH
    } else {
        &RUSSIAN
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Act;

    fn at(seconds: u64) -> Now {
        Now {
            elapsed: Duration::from_secs(seconds),
            unix_ms: 0,
        }
    }

    fn say(session: &mut Greeting, now: Now, text: &str) -> Vec<Act> {
        let mut acts = Acts::new();
        session.text(now, text, &mut acts);
        acts.drain().collect()
    }

    /// If this fails, the tutorial's page shows something else than the tutorial says.
    #[test]
    fn whoever_says_a_name_is_greeted_by_it() {
        let mut session = Greeting::new(&Options::default());
        for (said, answer) in [
            ("Меня зовут Джон", "Привет с сервера, Джон!"),
            ("Меня зовут Анна Мария ", "Привет с сервера, Анна Мария!"),
            ("My name is John", "Hello from server, John!"),
            ("My name is \u{202e}nhoJ", "Hello from server, Guest!"),
            ("Меня зовут <b>", "Привет с сервера, <b>!"),
            ("Меня зовут ", "Привет с сервера, Гость!"),
            ("", "Привет с сервера, Гость!"),
        ] {
            let acts = say(&mut session, at(0), said);
            assert_eq!(acts, [Act::Frame(Frame::text(answer))]);
        }
    }

    /// If this fails, the connection stays open, or each greeting puts its end off.
    #[test]
    fn first_greeting_sets_the_end() {
        let mut session = Greeting::new(&Options::default());
        let mut acts = Acts::new();
        session.open(at(1), &mut acts);
        assert_eq!(session.due(), None);
        say(&mut session, at(10), "My name is John");
        say(&mut session, at(12), "Меня зовут Джон");
        assert_eq!(session.due(), Some(Duration::from_secs(15)));
        session.tick(at(14), &mut acts);
        assert_eq!(acts.drain().count(), 0);
        session.tick(at(15), &mut acts);
        let ended: Vec<Act> = acts.drain().collect();
        assert_eq!(ended, [Act::Close(Close::Normal("Bye!"))]);
        assert_eq!(session.due(), None);
    }

    /// If this fails, bytes are taken for a name, or their sender is left without an answer.
    #[test]
    fn bytes_are_no_name() {
        let mut acts = Acts::new();
        Greeting::new(&Options::default()).binary(at(0), b"x", &mut acts);
        assert!(matches!(acts.drain().next(), Some(Act::Close(close)) if close.code() == 1003));
    }
}
