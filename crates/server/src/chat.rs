//! The chats: WebSockets whose messages go through the hub. Owns which protocol and which room a
//! visit is for, and how a visit ends; what is said is the dialect's business.

mod grants;
pub(crate) mod terms;
#[cfg(test)]
mod tests;

use std::pin::{Pin, pin};
use std::sync::Arc;

use sockeye::WebSocket;
use sockeye_dialect::Close;
use sockeye_dialect::chat::Protocol;
use sockeye_hub::{ChannelName, Grant, Operation, UserId};

use crate::ending::{Ending, Why};
use crate::goodbye::{Goodbye, unless};
use crate::harmless::harmless;
use crate::node::{End, Newcomer, Talk};
use crate::options::Chats;
use crate::visit::{Caller, Knock, Visit};
use grants::granted;

type Serving = Pin<Box<dyn Future<Output = Ending> + Send>>;

/// The room of those who name none.
const LOBBY: &str = "lobby";

/// javascript.info's chat.
pub(crate) fn plain(visit: Visit) -> Serving {
    Box::pin(serve(visit, Protocol::Plain))
}

/// The nickname chat.
pub(crate) fn nick(visit: Visit) -> Serving {
    Box::pin(serve(visit, Protocol::Nick))
}

/// javascript.info's greeting server.
pub(crate) fn greeting(visit: Visit) -> Serving {
    Box::pin(serve(visit, Protocol::Greeting))
}

/// The chat of the subprotocol that was agreed to; MDN's, if that names none.
pub(crate) fn by_subprotocol(visit: Visit) -> Serving {
    let protocol = of_subprotocol(visit.ws.protocol());
    Box::pin(serve(visit, protocol))
}

/// Whether somebody may enter a room of javascript.info's chat.
pub(crate) fn plain_permitted(knock: Knock<'_>) -> bool {
    is_permitted(Protocol::Plain, knock)
}

/// Whether somebody may enter a room of the nickname chat.
pub(crate) fn nick_permitted(knock: Knock<'_>) -> bool {
    is_permitted(Protocol::Nick, knock)
}

/// Whether somebody may enter a room of the chat that [`by_subprotocol`] serves.
pub(crate) fn subprotocol_permitted(knock: Knock<'_>) -> bool {
    is_permitted(of_subprotocol(knock.subprotocol), knock)
}

/// By the token alone: a room that cannot be, or is not there, is told in a Close, which pages can
/// read. The hub judges again when the session subscribes.
fn is_permitted(protocol: Protocol, knock: Knock<'_>) -> bool {
    let Some(claim) = knock.identity.and_then(|it| it.permissions.as_ref()) else {
        return true;
    };
    let channel = protocol.channel(knock.room.unwrap_or(LOBBY));
    channel.map_or(true, |channel| {
        granted(Some(claim)).judge(Operation::Subscribe, &channel) == Grant::Allow
    })
}

/// Of the subprotocols of an offer the one to agree to: the first that names a chat, or else the
/// first, as the tutorials' clients ask for some that they made up, and fail without.
pub(crate) fn choose_subprotocol<'a>(offer: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut first = None;
    for name in offer {
        if by_name(name).is_some() {
            return Some(name);
        }
        first = first.or(Some(name));
    }
    first
}

fn of_subprotocol(agreed: Option<&str>) -> Protocol {
    agreed.and_then(by_name).unwrap_or(Protocol::Json)
}

fn by_name(subprotocol: &str) -> Option<Protocol> {
    let mut all = Protocol::ALL.into_iter();
    all.find(|protocol| protocol.subprotocol() == Some(subprotocol))
}

async fn serve(visit: Visit, protocol: Protocol) -> Ending {
    let Visit {
        mut ws,
        mut life,
        counters,
        caller,
        node,
        room,
        ..
    } = visit;
    let begun = match find_room(protocol, room.as_deref(), node.chats()) {
        Ok(room) => node.begin(newcomer(protocol, room, &caller, &ws)),
        Err(close) => {
            let reason = close.reason().into_owned();
            let goodbye = Goodbye::to_one(close.code().into(), reason, Why::Limit);
            return goodbye.say(&mut ws).await;
        }
    };
    let talk = match begun {
        Ok(talk) => talk,
        Err(cause) => return Goodbye::from(cause).say(&mut ws).await,
    };
    let mut over = pin!(life.goodbye());
    let mut goodbye = loop {
        let received = match unless(over.as_mut(), ws.recv()).await {
            Ok(received) => received,
            Err(goodbye) => break goodbye,
        };
        match received {
            Ok(Some(message)) => {
                counters.received(message.payload().len());
                talk.hear(&message);
            }
            Ok(None) => return ended(&ws, talk, &Ok(())).await,
            Err(error) => return ended(&ws, talk, &Err(error)).await,
        }
    };
    // What was accepted is carried out, and its sender hears of it.
    talk.settle().await;
    goodbye.why = talk.end().as_ref().map_or(goodbye.why, why_ended);
    goodbye.say(&mut ws).await
}

/// The end of a visit that its client, the network or the hub ended.
async fn ended(ws: &WebSocket, talk: Talk, outcome: &sockeye::Result<()>) -> Ending {
    match talk.end_behind_all().await {
        Some(end) => Ending::said(ws, why_ended(&end), end.code()),
        None => Ending::of(ws, outcome),
    }
}

fn why_ended(end: &End) -> Why {
    match end {
        End::Closed(Close::Hub { close, .. }) => Why::from(*close),
        // What it cannot read.
        End::Closed(Close::Unsupported(_)) => Why::Fault,
        End::Closed(_) => Why::Done,
        End::Panic => Why::Panic,
    }
}

/// The channel of the room that an address names, or why there is none.
fn find_room(protocol: Protocol, room: Option<&str>, chats: &Chats) -> Result<ChannelName, Close> {
    let room = room.unwrap_or(LOBBY);
    let no_room = |why: String| Close::NoRoom(format!("{why}: {}", harmless(room)).into());
    let channel = protocol.channel(room);
    let channel = channel.map_err(|fault| no_room(format!("this can be no room, {fault}")))?;
    let is_there = chats.rooms.is_empty() || room == LOBBY || chats.rooms.contains(room);
    is_there
        .then_some(channel)
        .ok_or_else(|| no_room("there is no such room".to_owned()))
}

/// Who comes in.
fn newcomer(
    protocol: Protocol,
    room: ChannelName,
    caller: &Arc<Caller>,
    ws: &WebSocket,
) -> Newcomer {
    let identity = caller.identity.as_ref();
    // A token's user is within these bounds already.
    let user = identity.and_then(|identity| UserId::new(&identity.user).ok());
    Newcomer {
        sender: ws.sender(),
        protocol,
        room,
        user,
        name: identity.and_then(|identity| identity.name.as_deref().map(Box::from)),
        permissions: granted(identity.and_then(|identity| identity.permissions.as_ref())),
        expires_at: caller.expires_at,
    }
}
