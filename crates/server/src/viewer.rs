//! `/frames`: the WebSocket of a page that looks at frames. Owns the commands that it knows and the
//! pace of the news; what may be seen is the view's. Its own frames nobody records.

use std::pin::{Pin, pin};
use std::sync::Arc;

use serde_json::Value;
use sockeye::{CloseCode, Message, WebSocket};
use tokio::time::sleep;

use crate::ending::{Ending, Why};
use crate::frames::View;
use crate::goodbye::{Goodbye, unless};
use crate::limits::{COMMAND_LEN_MAX, VIEW_PACE};
use crate::stats::{Count, Counters};
use crate::visit::{Caller, Visit};

/// Sends news until the page closes or the server stops.
pub(crate) fn serve(visit: Visit) -> Pin<Box<dyn Future<Output = Ending> + Send>> {
    Box::pin(show_until_goodbye(visit))
}

/// One page and what it sees.
struct Viewer {
    ws: WebSocket,
    view: Box<View>,
    is_paused: bool,
    counters: Arc<Counters>,
    caller: Arc<Caller>,
}

/// A command of the page.
#[derive(Debug, Eq, PartialEq)]
enum Command {
    /// Show everything to whoever has this token.
    Admin(String),
    /// Let go of what was recorded of this session.
    Clear,
    /// Send no news, or again.
    Pause(bool),
}

impl Command {
    fn read(text: &str) -> Option<Self> {
        if text.len() > COMMAND_LEN_MAX {
            return None;
        }
        match serde_json::from_str(text).ok()? {
            Value::Object(members) if members.len() == 1 => match members.into_iter().next()? {
                (name, Value::String(token)) if name == "admin" => Some(Self::Admin(token)),
                (name, Value::Bool(true)) if name == "clear" => Some(Self::Clear),
                (name, Value::Bool(is_paused)) if name == "pause" => Some(Self::Pause(is_paused)),
                _ => None,
            },
            _ => None,
        }
    }
}

async fn show_until_goodbye(visit: Visit) -> Ending {
    let Visit {
        ws,
        mut life,
        counters,
        caller,
        view: Some(view),
        ..
    } = visit
    else {
        // The route is of the kind that gets a view.
        return Ending::new(&visit.ws, Why::Lost);
    };
    let mut viewer = Viewer {
        ws,
        view,
        is_paused: false,
        counters,
        caller,
    };
    let shown = unless(pin!(life.goodbye()), viewer.show()).await;
    match shown {
        Ok(Ok(None)) => Ending::of(&viewer.ws, &Ok(())),
        Ok(Err(error)) => Ending::of(&viewer.ws, &Err(error)),
        Ok(Ok(Some(goodbye))) | Err(goodbye) => goodbye.say(&mut viewer.ws).await,
    }
}

impl Viewer {
    /// Until the page closes, or says what it may not: with what it is closed then.
    async fn show(&mut self) -> sockeye::Result<Option<Goodbye>> {
        self.send(self.view.hello()).await?;
        loop {
            if let Some(news) = self.news() {
                self.send(news).await?;
                if self.view.is_behind() {
                    continue;
                }
            }
            let command = tokio::select! {
                biased;
                received = self.ws.recv() => match received? {
                    Some(message) => message,
                    None => return Ok(None),
                },
                () = after_a_pause(&mut self.view, self.is_paused) => continue,
            };
            let refused = self.obey(&command).await?;
            if refused.is_some() {
                return Ok(refused);
            }
        }
    }

    fn news(&mut self) -> Option<String> {
        if self.is_paused {
            return None;
        }
        self.view.news()
    }

    /// Does what the page said; or gives what to close it with, as it may not say that.
    async fn obey(&mut self, message: &Message) -> sockeye::Result<Option<Goodbye>> {
        self.counters.received(message.payload().len());
        let command = match message {
            Message::Text(text) => Command::read(text),
            Message::Binary(_) => None,
        };
        match command {
            Some(Command::Admin(token)) if self.view.become_admin(&token) => {
                tracing::info!(address = %self.caller.place(), "an administrator looks at frames");
                self.send(self.view.hello()).await?;
            }
            Some(Command::Admin(_)) => {
                self.counters.count(Count::Denied);
                tracing::info!(
                    address = %self.caller.place(),
                    "an administrator's token was wrong"
                );
                return Ok(Some(refusal("this is not the token")));
            }
            Some(Command::Clear) => self.view.clear(),
            Some(Command::Pause(is_paused)) => self.is_paused = is_paused,
            None => return Ok(Some(refusal("this is no command"))),
        }
        Ok(None)
    }

    async fn send(&mut self, text: String) -> sockeye::Result<()> {
        let len = text.len();
        self.ws.send(text).await?;
        self.counters.sent(len);
        Ok(())
    }
}

fn refusal(reason: &'static str) -> Goodbye {
    Goodbye::to_one(CloseCode::POLICY_VIOLATION, reason, Why::Fault)
}

/// Ready when there may be news, and the last ones are some time ago.
async fn after_a_pause(view: &mut View, is_paused: bool) {
    if is_paused {
        std::future::pending::<()>().await;
    }
    view.rung().await;
    sleep(VIEW_PACE).await;
}

/// Any message of a page. Owns that a command is that message and nothing else.
#[cfg(any(test, feature = "hostile"))]
pub(crate) mod hostile {
    use serde_json::{Value, json};

    use super::Command;

    /// A message of any text.
    pub fn command(data: &[u8]) {
        play(data);
    }

    /// Whether it was a command.
    pub(crate) fn play(data: &[u8]) -> bool {
        let text = String::from_utf8_lossy(data);
        let Some(command) = Command::read(&text) else {
            return false;
        };
        let said = match command {
            Command::Admin(token) => json!({ "admin": token }),
            Command::Clear => json!({ "clear": true }),
            Command::Pause(is_paused) => json!({ "pause": is_paused }),
        };
        let message: Value = serde_json::from_str(&text).expect("it was read");
        assert_eq!(message, said);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of another version, or somebody who tries, must not be taken for a command.
    #[test]
    fn commands_are_these_and_nothing_else_is_one() {
        let admin = Command::Admin("abc".to_owned());
        assert_eq!(Command::read(r#"{"admin":"abc"}"#), Some(admin));
        assert_eq!(Command::read(r#" {"clear": true}"#), Some(Command::Clear));
        assert_eq!(
            Command::read(r#"{"pause":true}"#),
            Some(Command::Pause(true))
        );
        assert_eq!(
            Command::read(r#"{"pause":false}"#),
            Some(Command::Pause(false))
        );
        let long = format!(r#"{{"admin":"{}"}}"#, "x".repeat(COMMAND_LEN_MAX));
        for text in [
            "",
            "{}",
            "[]",
            "clear",
            r#"{"clear":false}"#,
            r#"{"admin":1}"#,
            r#"{"admin":"a","clear":true}"#,
            r#"{"other":true}"#,
            &long,
        ] {
            assert_eq!(Command::read(text), None, "{text}");
        }
    }
}
