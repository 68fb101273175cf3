//! Two whole connections against each other, with commands, cuts and time chosen by the input: on a
//! link that works, every message arrives, nothing fails, and closing is clean.

use std::time::Duration;

use sockeye_proto::Role;
use sockeye_proto::connection::Config;
use sockeye_proto::deflate::ContextTakeover;
use sockeye_proto::fault::Fault;
use sockeye_proto::message::MessageKind;

use super::role;
use crate::support::endpoint::{Reading, Seen};
use crate::support::frames::{BINARY, CLOSE, Frame, TEXT};
use crate::support::pair::Pair;

const COMMANDS_MAX: usize = 200;
const CODES: [u16; 4] = [1000, 1001, 3000, 4999];

/// What was done to the link, or asked for, besides messages.
#[derive(Default)]
struct Story {
    sent_by_client: Vec<Seen>,
    sent_by_server: Vec<Seen>,
    /// A side went silent or crashed: only what arrived counts.
    disturbed: bool,
    closed: bool,
}

/// `[cut, reading and deflate, (command and role, argument)..]`
pub(crate) fn pair(data: &[u8]) {
    let [cut, choice, commands @ ..] = data else {
        return;
    };
    let reading = if choice & 1 == 0 {
        Reading::Buffered
    } else {
        Reading::Straight
    };
    let mut pair = Pair::with_config(u64::from(*cut), &Config::default().into(), reading);
    match choice >> 1 & 3 {
        1 => pair = pair.with_deflate(ContextTakeover::No),
        2 => pair = pair.with_deflate(ContextTakeover::Yes),
        _ => {}
    }
    let mut story = Story::default();
    for command in commands.chunks_exact(2).take(COMMANDS_MAX) {
        obey(&mut pair, &mut story, command[0], command[1]);
    }
    pair.advance(Duration::from_secs(300));
    check(&mut pair, &story);
}

fn obey(pair: &mut Pair, story: &mut Story, command: u8, argument: u8) {
    let (by, now, len) = (role(command), pair.now, usize::from(argument));
    let side = pair.side(by);
    let payload = "aй𝄞".repeat(len);
    match command >> 1 & 7 {
        0 => say(side, story, MessageKind::Text, payload.as_bytes()),
        1 => say(side, story, MessageKind::Binary, payload.as_bytes()),
        2 => say(
            side,
            story,
            MessageKind::Binary,
            &payload.repeat(50).into_bytes(),
        ),
        3 => {
            // Refused once it is closing; the messages tell whether it was.
            let _ = side
                .end
                .ping(&payload.as_bytes()[..len.min(125).min(payload.len())]);
        }
        4 => pair.advance(Duration::from_secs(len as u64)),
        5 => pair.run(),
        6 => {
            let code = CODES[len % CODES.len()];
            story.closed |= side.end.close(code, "because", now).is_ok();
        }
        _ if argument < 16 => {
            story.disturbed = true;
            side.drop_transport();
        }
        _ if argument < 32 => {
            story.disturbed = true;
            side.muted = true;
        }
        _ => {}
    }
}

fn say(
    side: &mut crate::support::pair::Side,
    story: &mut Story,
    kind: MessageKind,
    payload: &[u8],
) {
    if side.end.send(kind, payload).is_ok() {
        let sent = match side.end.connection.role() {
            Role::Client => &mut story.sent_by_client,
            Role::Server => &mut story.sent_by_server,
        };
        sent.push(Seen::Message(kind, payload.to_vec()));
    }
}

fn check(pair: &mut Pair, story: &Story) {
    for receiver in [Role::Client, Role::Server] {
        let sent = match receiver {
            Role::Client => &story.sent_by_server,
            Role::Server => &story.sent_by_client,
        };
        let side = pair.side(receiver);
        let events = &side.end.events;
        let got: Vec<&Seen> = events
            .iter()
            .filter(|e| matches!(e, Seen::Message(..)))
            .collect();
        assert!(got.len() <= sent.len() && got.iter().zip(sent).all(|(got, sent)| **got == *sent));
        let faults = events.iter().filter(|e| matches!(e, Seen::Fault(_)));
        for fault in faults {
            assert!(story.disturbed, "{fault:?}");
            assert!(matches!(fault, Seen::Fault(Fault::Timeout(_))), "{fault:?}");
        }
        let written = side.written();
        let close_at = written.iter().position(|frame| frame.opcode == CLOSE);
        assert!(
            close_at.is_none_or(|at| at == written.len() - 1),
            "Close is the last frame"
        );
        assert!(written.iter().all(is_well_formed));
        if !story.disturbed {
            assert_eq!(got.len(), sent.len(), "all messages arrive");
            let event = side.end.connection.close_event();
            assert_eq!(
                event.map(|event| event.was_clean),
                story.closed.then_some(true)
            );
        }
    }
}

/// What we send is whole, and RSV1 stands on compressed messages alone.
fn is_well_formed(frame: &Frame) -> bool {
    frame.fin && (frame.rsv == 0 || frame.rsv == 4 && matches!(frame.opcode, TEXT | BINARY))
}
