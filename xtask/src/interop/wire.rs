//! What must be true of a conversation, whoever the other peer is.

use crate::interop::frames::{Frame, Message, close_frame, messages};
use crate::interop::tap::Conversation;

/// The only extension that anybody offers here.
const DEFLATE: &str = "permessage-deflate";

/// Which side of a connection is ours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ours {
    Client,
    Server,
}

/// What is to be agreed about compression.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Compression {
    /// None.
    Off,
    /// Some, and both sides may keep their windows: nobody here asks for anything else.
    On,
    /// Some, and neither side keeps its window.
    OnWithoutTakeover,
}

/// Why `conversation` is not as it must be; empty when it is.
pub(crate) fn faults(
    conversation: &Conversation,
    ours: Ours,
    compression: Compression,
) -> Vec<String> {
    if !conversation.response.starts_with("HTTP/1.1 101 ") {
        return vec![format!(
            "not upgraded: {}",
            first_line(&conversation.response)
        )];
    }
    let agreed = extensions(&conversation.response);
    let deflate = agreed.contains(DEFLATE);
    let mut faults = agreement_faults(&agreed, compression);
    let sides = [
        (
            Ours::Client,
            "client",
            &conversation.from_client,
            "client_no_context_takeover",
        ),
        (
            Ours::Server,
            "server",
            &conversation.from_server,
            "server_no_context_takeover",
        ),
    ];
    for (side, name, frames, parameter) in sides {
        if frames
            .iter()
            .any(|frame| frame.masked != (side == Ours::Client))
        {
            faults.push(format!("the {name}'s masking is wrong"));
        }
        if !deflate && frames.iter().any(|frame| frame.rsv1) {
            faults.push(format!("the {name} sets RSV1 without an extension"));
        }
        let takeover = !agreed.contains(parameter);
        // How well others compress is their own affair.
        if side == ours && deflate && ends_with_equal_messages(conversation, ours) {
            faults.extend(equal_messages_fault(name, frames, takeover));
        }
    }
    faults.extend(close_fault(conversation));
    faults
}

/// Why the extensions `agreed` on are not those that there must be.
pub(crate) fn agreement_faults(agreed: &str, compression: Compression) -> Vec<String> {
    let mut faults = Vec::new();
    if agreed.contains(DEFLATE) == (compression == Compression::Off) {
        faults.push(format!("the extensions agreed on are `{agreed}`"));
    }
    for parameter in ["server_no_context_takeover", "client_no_context_takeover"] {
        let there = agreed.contains(parameter);
        if there != (compression == Compression::OnWithoutTakeover) {
            let is = if there { "is" } else { "is not" };
            faults.push(format!("{parameter} {is} in `{agreed}`"));
        }
    }
    faults
}

/// The path that the client asked for.
pub(crate) fn path(conversation: &Conversation) -> &str {
    let mut words = first_line(&conversation.request).split(' ');
    words.nth(1).unwrap_or_default()
}

/// The scripts that drive our server send equal messages on a path of their own; our own client
/// ends every conversation with them.
fn ends_with_equal_messages(conversation: &Conversation, ours: Ours) -> bool {
    ours == Ours::Client || path(conversation) == "/takeover"
}

/// Three equal messages last: all compressed, and the later ones shorter exactly if the window is
/// kept.
fn equal_messages_fault(name: &str, frames: &[Frame], takeover: bool) -> Option<String> {
    let messages = messages(frames);
    let Some(&[first, second, third]) = messages.last_chunk::<3>() else {
        return Some(format!("the {name} sent {} messages only", messages.len()));
    };
    let lens = [first, second, third].map(|Message { len, .. }| len);
    if ![first, second, third]
        .iter()
        .all(|message| message.compressed)
    {
        Some(format!(
            "the {name} did not compress equal messages of {lens:?} bytes"
        ))
    } else if takeover && (second.len * 2 > first.len || third.len * 2 > first.len) {
        Some(format!(
            "the {name} forgot its window: {lens:?} bytes for equal messages"
        ))
    } else if !takeover && (second.len != first.len || third.len != first.len) {
        Some(format!(
            "the {name} kept its window: {lens:?} bytes for equal messages"
        ))
    } else {
        None
    }
}

/// RFC 6455 section 5.5.1: both sides send a Close frame, the answer with the code of the first.
fn close_fault(conversation: &Conversation) -> Option<String> {
    let client = close_frame(&conversation.from_client);
    let server = close_frame(&conversation.from_server);
    let (Some(client), Some(server)) = (client, server) else {
        let missing = if client.is_none() { "client" } else { "server" };
        return Some(format!("the {missing} sent no Close frame"));
    };
    let codes = (client.close_code(), server.close_code());
    (codes.0 != codes.1).then(|| format!("the close codes differ: {codes:?}"))
}

/// The extensions in a response's head, in lower case.
fn extensions(head: &str) -> String {
    let value = |line: &str| {
        let (name, value) = line.split_once(':')?;
        let wanted = name.eq_ignore_ascii_case("sec-websocket-extensions");
        wanted.then(|| value.trim().to_ascii_lowercase())
    };
    let values: Vec<String> = head.lines().filter_map(value).collect();
    values.join(", ")
}

fn first_line(head: &str) -> &str {
    head.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
