//! Values that are one of a few words. Owns the words of each, which people have in files.

use std::fmt;
use std::str::FromStr;

use sockeye::CloseCode;

use super::Unreadable;

/// How much an event matters.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum LogLevel {
    /// A defect.
    Error,
    /// Something that somebody should look at.
    Warn,
    /// Each end of a connection, and the steps of the server itself.
    #[default]
    Info,
    /// What else may help to understand.
    Debug,
    /// Everything.
    Trace,
}

/// For whom a log is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum LogFormat {
    /// A line of text for each event.
    #[default]
    Text,
    /// A JSON object for each event, in a line of its own.
    Json,
}

/// The code of the closes of a server that ends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Farewell {
    /// 1001: what every client knows.
    #[default]
    GoingAway,
    /// 1012: the service restarts, so come back.
    ServiceRestart,
}

/// What becomes of clients that read slower than their room talks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SlowReaders {
    /// They are closed, with a code that says to come back.
    Close,
    /// They miss all but the newest message.
    Skip,
}

/// Where a proxy writes whom it speaks for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ForwardedBy {
    /// `X-Forwarded-For`, which every proxy knows.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// An application, by the name that a configuration has for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AppName {
    /// The chat of the subprotocol that was agreed to; MDN's, if that names none.
    Chat,
    /// Every message comes back.
    Echo,
    /// It greets whoever sends a name.
    Greeting,
    /// The nickname chat.
    Nick,
    /// The plain chat.
    Plain,
}

impl Farewell {
    /// The code.
    pub fn code(self) -> CloseCode {
        match self {
            Self::GoingAway => CloseCode::GOING_AWAY,
            Self::ServiceRestart => CloseCode::SERVICE_RESTART,
        }
    }
}

impl ForwardedBy {
    /// The name of the header, in small letters.
    pub fn name(self) -> &'static str {
        self.word()
    }
}

/// Has values read and written as these words.
macro_rules! words {
    ($($type:ident { $($word:literal => $value:ident,)+ })+) => {$(
        impl $type {
            fn word(self) -> &'static str {
                match self {
                    $(Self::$value => $word,)+
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.word())
            }
        }

        impl FromStr for $type {
            type Err = Unreadable;

            fn from_str(text: &str) -> Result<Self, Unreadable> {
                match text {
                    $($word => Ok(Self::$value),)+
                    _ => Err(Unreadable),
                }
            }
        }
    )+};
}

words! {
    LogLevel {
        "error" => Error,
        "warn" => Warn,
        "info" => Info,
        "debug" => Debug,
        "trace" => Trace,
    }
    LogFormat {
        "text" => Text,
        "json" => Json,
    }
    Farewell {
        "1001" => GoingAway,
        "1012" => ServiceRestart,
    }
    SlowReaders {
        "close" => Close,
        "skip" => Skip,
    }
    AppName {
        "chat" => Chat,
        "echo" => Echo,
        "greeting" => Greeting,
        "nick" => Nick,
        "plain" => Plain,
    }
    ForwardedBy {
        "x-forwarded-for" => XForwardedFor,
        "forwarded" => Forwarded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: fmt::Debug + FromStr<Err = Unreadable> + ToString>(words: &[&str]) {
        for word in words {
            assert_eq!(word.parse::<T>().unwrap().to_string(), *word);
        }
        for wrong in ["", "other", "Text", "1000"] {
            assert_eq!(wrong.parse::<T>().unwrap_err(), Unreadable, "{wrong}");
        }
    }

    /// If this fails, what is printed as a default cannot be put back into a file.
    #[test]
    fn each_word_is_read_as_it_is_written_and_no_other_is() {
        check::<LogLevel>(&["error", "warn", "info", "debug", "trace"]);
        check::<LogFormat>(&["text", "json"]);
        check::<Farewell>(&["1001", "1012"]);
        check::<SlowReaders>(&["close", "skip"]);
        check::<AppName>(&["chat", "echo", "greeting", "nick", "plain"]);
        check::<ForwardedBy>(&["forwarded", "x-forwarded-for"]);
    }

    /// If this fails, the word of a Close says another code than is sent.
    #[test]
    fn farewell_is_the_number_of_its_code() {
        for farewell in [Farewell::GoingAway, Farewell::ServiceRestart] {
            assert_eq!(farewell.to_string(), farewell.code().number().to_string());
        }
    }
}
