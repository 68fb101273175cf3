//! The machine against the standard's steps, call by call and task by task, without a network.

use super::super::event::{Blob, Data, Event, EventKind};
use super::*;
use sockeye_proto::close::CloseEvent;

fn machine() -> Machine {
    Machine::new("ws://example.com/chat", ().into(), &Settings::default()).unwrap()
}

/// One that is open, its commands taken and its `open` fired.
fn open() -> Machine {
    let mut machine = machine();
    establish(&mut machine);
    assert_eq!(run(&mut machine), [Event::Open]);
    commands(&mut machine);
    machine
}

fn establish(machine: &mut Machine) {
    machine.handle(NetworkEvent::Established {
        protocol: "chat".to_owned(),
        extensions: "permessage-deflate".to_owned(),
    });
}

/// Runs all tasks.
fn run(machine: &mut Machine) -> Vec<Event> {
    std::iter::from_fn(|| machine.run_task())
        .flatten()
        .collect()
}

fn commands(machine: &mut Machine) -> Vec<Command> {
    std::iter::from_fn(|| machine.next_command()).collect()
}

fn closed(code: u16, reason: &str, was_clean: bool) -> CloseEvent {
    CloseEvent {
        code: CloseCode::new(code),
        reason: reason.into(),
        was_clean,
    }
}

fn end(event: CloseEvent) -> NetworkEvent {
    NetworkEvent::Closed {
        event,
        failure: None,
    }
}

fn start_closing(code: Option<u16>, reason: &str) -> Command {
    Command::StartClosing {
        code: code.map(CloseCode::new),
        reason: reason.to_owned(),
    }
}

/// A page would wait for a connection that nobody makes, or see attributes of another one.
#[test]
fn new_machine_connects_and_has_nothing_agreed_on() {
    // WHATWG websockets §constructor-5 §constructor-6 §constructor-7 TEST
    // WHATWG websockets §attributes-1 §attributes-2 §attributes-3 §attributes-4 TEST
    let settings = Settings {
        base: Some(Url::parse("http://example.com/page").unwrap()),
        origin: Some("http://a.example".to_owned()),
        ..Settings::default()
    };
    let mut machine = Machine::new("/chat", ["a", "b"].into(), &settings).unwrap();
    let commands = commands(&mut machine);
    let [Command::Connect(request)] = &commands[..] else {
        panic!("{commands:?}");
    };
    assert_eq!(request.address().as_str(), "ws://example.com/chat");
    assert_eq!(request.protocols(), ["a", "b"]);
    assert_eq!(request.origin(), "http://a.example");
    assert_eq!(machine.url(), "ws://example.com/chat");
    assert_eq!(machine.ready_state(), ReadyState::Connecting);
    assert_eq!(machine.binary_type(), BinaryType::Blob);
    assert_eq!((machine.protocol(), machine.extensions()), ("", ""));
    assert_eq!(machine.buffered_amount(), 0);
    assert!(machine.run_task().is_none());
}

/// With two faults, a page would see the other one.
#[test]
fn constructor_looks_at_the_url_first() {
    // WHATWG websockets §constructor-1 §constructor-2 TEST
    let refused = |url, protocols: Protocols| {
        let error = Machine::new(url, protocols, &Settings::default()).unwrap_err();
        assert_eq!(error.name(), ExceptionName::Syntax);
        error.message().to_owned()
    };
    assert!(refused("/relative", ["a", "a"].into()).contains("the URL"));
    assert!(refused("ws://a/", ["a", "a"].into()).contains("subprotocol"));
}

/// A page could find out by an exception which ports are open, or would miss the events.
#[test]
fn blocked_connection_fails_with_events_and_never_at_once() {
    let mut machine = Machine::new("ws://a:25/", ().into(), &Settings::default()).unwrap();
    assert_eq!(commands(&mut machine), []);
    assert_eq!(machine.ready_state(), ReadyState::Connecting);
    assert_eq!(
        run(&mut machine),
        [Event::Error, Event::Close(closed(1006, "", false))]
    );
    assert_eq!(machine.ready_state(), ReadyState::Closed);
    assert!(machine.next_log().unwrap().contains("port 25"));
}

/// Scripts for older browsers would not see the exception that they catch.
#[test]
fn blocked_connection_is_a_security_error_where_that_is_asked_for() {
    let settings = Settings {
        origin: Some("https://example.com".to_owned()),
        throws_security_errors: true,
        ..Settings::default()
    };
    for url in ["ws://a:25/", "ws://example.com/"] {
        let error = Machine::new(url, ().into(), &settings).unwrap_err();
        assert_eq!(
            (error.name(), error.code()),
            (ExceptionName::Security, 18),
            "{url}"
        );
    }
    assert!(Machine::new("wss://example.com/", ().into(), &settings).is_ok());
}

/// `open` would fire before anybody listens, or find a socket that is not open.
#[test]
fn established_connection_shows_when_its_task_runs() {
    // WHATWG websockets §feedback.established-1 §feedback.established-2 TEST
    // WHATWG websockets §feedback.established-3 §feedback.established-4 TEST
    // WHATWG websockets §feedback.established-5 §attributes-5 TEST
    let mut machine = machine();
    establish(&mut machine);
    assert_eq!(machine.ready_state(), ReadyState::Connecting);
    assert_eq!(machine.protocol(), "");
    assert_eq!(run(&mut machine), [Event::Open]);
    assert_eq!(machine.ready_state(), ReadyState::Open);
    assert_eq!(
        (machine.protocol(), machine.extensions()),
        ("chat", "permessage-deflate")
    );
}

/// A page that closed would get messages, or bytes in a form that it did not ask for.
#[test]
fn message_fires_while_open_and_in_the_form_of_that_moment() {
    // WHATWG websockets §feedback.message-1 §feedback.message-2 TEST
    // WHATWG websockets §feedback.message-3 §feedback.message-4 §attributes-7 TEST
    let mut machine = open();
    let bytes = || NetworkEvent::Message(vec![1, 2].into());
    for _ in 0..3 {
        machine.handle(bytes());
    }
    machine.handle(NetworkEvent::Message("text".into()));
    let data = |machine: &mut Machine| {
        let event = machine.run_task().unwrap().next();
        let Some(Event::Message(event)) = event else {
            panic!("{event:?}");
        };
        assert_eq!(event.origin(), "ws://example.com");
        event.into_data()
    };
    assert_eq!(data(&mut machine), Data::Blob(Blob::new(vec![1, 2])));
    machine.set_binary_type(BinaryType::ArrayBuffer);
    assert_eq!(data(&mut machine), Data::ArrayBuffer(vec![1, 2].into()));
    machine.set_binary_type(BinaryType::Blob);
    assert_eq!(data(&mut machine), Data::Blob(Blob::new(vec![1, 2])));
    machine.close(None, "").unwrap();
    assert_eq!(run(&mut machine), [], "the text came too late");
}

/// Data would get lost without an exception, or count for nothing.
#[test]
fn send_throws_too_early_counts_always_and_sends_while_open() {
    // WHATWG websockets §send-1 §send.2-1 §send.2-2 §send.2-3 §send.2-4 TEST
    let mut early = machine();
    establish(&mut early);
    commands(&mut early);
    let error = early.send("a".into()).unwrap_err();
    assert_eq!(
        (error.name(), error.code()),
        (ExceptionName::InvalidState, 11)
    );
    assert_eq!((early.buffered_amount(), commands(&mut early)), (0, vec![]));

    let mut machine = open();
    let sent: [Message; 4] = [
        "\u{e9}\u{1f600}".into(),
        Blob::new(vec![0; 10]).into(),
        vec![0; 100].into(),
        [0; 2000][..1000].into(),
    ];
    let expected = sent.clone().map(Command::Send);
    for message in sent {
        machine.send(message).unwrap();
    }
    assert_eq!(commands(&mut machine), expected);
    assert_eq!(machine.buffered_amount(), 6 + 10 + 100 + 1000);
}

/// A page that waits for 0 before it closes would wait for ever, or not at all.
#[test]
fn buffered_amount_shrinks_between_turns_and_never_after_the_end() {
    // WHATWG websockets §attributes-6 TEST
    let mut machine = open();
    machine.send("12345".into()).unwrap();
    machine.begin_turn(2);
    assert_eq!(machine.buffered_amount(), 3);
    machine.begin_turn(1);
    assert_eq!(machine.buffered_amount(), 3, "it does not come back");
    machine.close(None, "").unwrap();
    machine.send("late".into()).unwrap();
    assert_eq!(machine.buffered_amount(), 7);
    machine.begin_turn(5);
    assert_eq!(machine.buffered_amount(), 4);
    machine.handle(end(closed(1005, "", true)));
    run(&mut machine);
    machine.send("later".into()).unwrap();
    machine.begin_turn(u64::MAX);
    assert_eq!(machine.buffered_amount(), 9);
    let sent = commands(&mut machine);
    assert_eq!(
        sent,
        [Command::Send("12345".into()), start_closing(None, "")]
    );
}

/// A page could take all memory by sending to a server that reads nothing.
#[test]
fn socket_that_is_full_fails() {
    // WHATWG websockets §send.2-5 TEST
    let settings = Settings {
        unsent_len_max: 10,
        ..Settings::default()
    };
    let mut machine = Machine::new("ws://a/", ().into(), &settings).unwrap();
    establish(&mut machine);
    run(&mut machine);
    commands(&mut machine);
    machine.send("1234567890".into()).unwrap();
    machine.begin_turn(1);
    machine.send("1".into()).unwrap();
    machine.send("2".into()).unwrap();
    machine.send("3".into()).unwrap();
    let sent = commands(&mut machine);
    assert_eq!(
        sent,
        [
            Command::Send("1234567890".into()),
            Command::Send("1".into()),
            Command::Drop
        ]
    );
    assert_eq!(machine.buffered_amount(), 12);
    machine.handle(end(closed(1006, "", false)));
    assert_eq!(
        run(&mut machine),
        [Event::Error, Event::Close(closed(1006, "", false))]
    );
    assert!(machine.next_log().unwrap().contains("10 bytes"));
}

/// Codes of the protocol itself could be forged, or a Close could be longer than a frame may be.
#[test]
fn close_refuses_codes_and_reasons_and_then_does_nothing() {
    // WHATWG websockets §close-3 §validate-1 §validate-2 TEST
    let mut machine = open();
    for code in [0, 999, 1001, 1005, 1006, 1011, 1015, 2999, 5000, u16::MAX] {
        let error = machine.close(Some(code), "").unwrap_err();
        assert_eq!(
            (error.name(), error.code()),
            (ExceptionName::InvalidAccess, 15),
            "{code}"
        );
    }
    let too_long = "\u{e9}".repeat(62);
    let error = machine.close(Some(1000), &too_long).unwrap_err();
    assert_eq!((error.name(), error.code()), (ExceptionName::Syntax, 12));
    // The code is looked at first.
    let error = machine.close(Some(1), &too_long).unwrap_err();
    assert_eq!(error.name(), ExceptionName::InvalidAccess);
    assert_eq!(machine.ready_state(), ReadyState::Open);
    assert_eq!(commands(&mut machine), []);
    for code in [1000, 3000, 4999] {
        assert_eq!(open().close(Some(code), &"a".repeat(123)), Ok(()));
    }
}

/// The server would see another Close than the page sent.
#[test]
fn close_sends_no_body_a_code_or_both() {
    // WHATWG websockets §close-1 §close-2 §close-4 §close.4-3 TEST
    // WHATWG websockets §close.4.3-1 §close.4.3-2 §close.4.3-3 §close.4.3-4 TEST
    for (code, reason, sent) in [
        (None, "", start_closing(None, "")),
        (None, "why", start_closing(Some(1000), "why")),
        (Some(3000), "", start_closing(Some(3000), "")),
        (Some(4999), "why", start_closing(Some(4999), "why")),
    ] {
        let mut machine = open();
        machine.close(code, reason).unwrap();
        assert_eq!(machine.ready_state(), ReadyState::Closing);
        // WHATWG websockets §close.4-1 TEST: once more changes nothing.
        machine.close(Some(1000), "again").unwrap();
        assert_eq!(commands(&mut machine), [sent]);
        machine.handle(end(closed(1000, "", true)));
        assert_eq!(run(&mut machine), [Event::Close(closed(1000, "", true))]);
        machine.close(Some(1000), "again").unwrap();
        assert_eq!(
            (machine.ready_state(), commands(&mut machine)),
            (ReadyState::Closed, vec![])
        );
    }
}

/// A page that gives up would get `open`, or never hear of the end.
#[test]
fn close_while_connecting_fails_the_attempt() {
    // WHATWG websockets §close.4-2 TEST
    let mut machine = machine();
    commands(&mut machine);
    machine.close(None, "").unwrap();
    assert_eq!(machine.ready_state(), ReadyState::Closing);
    assert_eq!(commands(&mut machine), [Command::Drop]);
    // The network was faster.
    establish(&mut machine);
    machine.handle(NetworkEvent::Message("hello".into()));
    assert_eq!(run(&mut machine), []);
    assert_eq!(machine.ready_state(), ReadyState::Closing);
    machine.send("nobody hears it".into()).unwrap();
    machine.handle(end(closed(1006, "", false)));
    assert_eq!(
        run(&mut machine),
        [Event::Error, Event::Close(closed(1006, "", false))]
    );
    assert_eq!(commands(&mut machine), []);
}

/// The handshake was done, so a Close is owed; a connection that is just dropped would be no
/// answer.
#[test]
fn close_between_the_handshake_and_its_task_starts_closing() {
    let mut machine = machine();
    commands(&mut machine);
    establish(&mut machine);
    machine.close(Some(4000), "").unwrap();
    assert_eq!(commands(&mut machine), [start_closing(Some(4000), "")]);
    assert_eq!(run(&mut machine), [], "it opens no more");
    assert_eq!(machine.ready_state(), ReadyState::Closing);
}

/// A page would send a second Close, or send to who does not listen.
#[test]
fn close_of_the_server_shows_with_a_task_and_is_not_answered_twice() {
    // WHATWG websockets §feedback.closing-1 §feedback.closing-2 §close.4-4 TEST
    let mut machine = open();
    machine.handle(NetworkEvent::ClosingStarted);
    assert_eq!(machine.ready_state(), ReadyState::Open);
    machine.send("late".into()).unwrap();
    assert_eq!(
        (machine.buffered_amount(), commands(&mut machine)),
        (4, vec![])
    );
    machine.close(None, "").unwrap();
    assert_eq!(
        (machine.ready_state(), commands(&mut machine)),
        (ReadyState::Closing, vec![])
    );
    assert_eq!(machine.run_task().unwrap().count(), 0);

    let mut other = open();
    other.handle(NetworkEvent::ClosingStarted);
    assert_eq!(run(&mut other), []);
    assert_eq!(other.ready_state(), ReadyState::Closing);
    other.handle(end(closed(4001, "bye", true)));
    assert_eq!(run(&mut other), [Event::Close(closed(4001, "bye", true))]);
    assert_eq!(other.ready_state(), ReadyState::Closed);
}

/// A page would see `close` first, a socket that is not closed in it, or why it failed.
#[test]
fn failed_connection_fires_error_and_then_close_both_when_closed() {
    // WHATWG websockets §feedback.closed-1 §feedback.closed-2 §feedback.closed-3 TEST
    // WHATWG websockets §feedback.closed-4 §feedback.closed-5 §idl-7 TEST
    for mut machine in [machine(), open()] {
        let before = machine.ready_state();
        machine.handle(NetworkEvent::Closed {
            event: abnormal(),
            failure: Some("no route".to_owned()),
        });
        assert_eq!(machine.ready_state(), before);
        let mut fired = machine.run_task().unwrap();
        assert_eq!(machine.ready_state(), ReadyState::Closed);
        assert_eq!(fired.next(), Some(Event::Error));
        assert_eq!(fired.next(), Some(Event::Close(closed(1006, "", false))));
        assert_eq!(fired.next(), None);
        assert_eq!(machine.next_log().as_deref(), Some("no route"));
        assert_eq!(machine.next_log(), None);
    }
}

/// Who wrote the page would see 1006 and nothing that says why.
#[test]
fn close_without_an_answer_is_no_error_and_tells_why() {
    let mut machine = open();
    machine.close(None, "").unwrap();
    machine.handle(end(abnormal()));
    assert_eq!(run(&mut machine), [Event::Close(closed(1006, "", false))]);
    assert!(machine.next_log().unwrap().contains("did not answer"));
    let mut machine = open();
    machine.handle(end(closed(1000, "", true)));
    run(&mut machine);
    assert_eq!(machine.next_log(), None);
}

/// A socket that nobody can hear from would stay for ever, or one that somebody waits for would go.
#[test]
fn socket_may_be_collected_when_nothing_can_reach_a_listener() {
    // WHATWG websockets §collection-1 §collection-2 §collection-3 §collection-4 TEST
    use EventKind::{Close, Error, Message, Open};
    let kept_by = |machine: &Machine| {
        let mut kinds = vec![Open, Message, Error, Close];
        kinds.retain(|kind| !machine.may_be_collected(|other| other == *kind));
        kinds
    };
    let mut machine = machine();
    assert_eq!(kept_by(&machine), [Open, Message, Error, Close]);
    establish(&mut machine);
    run(&mut machine);
    // The state counts as it was when the event loop began its turn.
    assert_eq!(kept_by(&machine), [Open, Message, Error, Close]);
    machine.begin_turn(0);
    assert_eq!(kept_by(&machine), [Message, Error, Close]);
    machine.send("a".into()).unwrap();
    assert!(!machine.may_be_collected(|_| false));
    machine.begin_turn(1);
    assert!(machine.may_be_collected(|_| false));
    machine.close(None, "").unwrap();
    machine.begin_turn(1);
    assert_eq!(kept_by(&machine), [Error, Close]);
    machine.handle(end(closed(1005, "", true)));
    run(&mut machine);
    machine.begin_turn(1);
    assert_eq!(kept_by(&machine), []);
}

/// The server would keep a connection that nobody has, or see a code that nobody gave.
#[test]
fn socket_that_is_gone_closes_without_a_code_and_a_page_with_1001() {
    // WHATWG websockets §collection-5 §disappear-1 §disappear-2 §disappear-3 TEST
    type Go = fn(&mut Machine);
    for (go, code) in [
        (Machine::collect as Go, None),
        (Machine::make_disappear as Go, Some(1001)),
    ] {
        let mut connecting = machine();
        commands(&mut connecting);
        go(&mut connecting);
        assert_eq!(commands(&mut connecting), [Command::Drop]);
        let mut machine = open();
        go(&mut machine);
        go(&mut machine);
        assert_eq!(commands(&mut machine), [start_closing(code, "")]);
    }
}

/// What a caller, a network and an event loop can do in any order that a network allows.
const MOVES: [fn(&mut Machine); 9] = [
    |machine| drop(machine.send("12".into())),
    |machine| machine.close(Some(4000), "why").unwrap(),
    |machine| machine.close(None, "").unwrap(),
    Machine::collect,
    establish,
    |machine| machine.handle(NetworkEvent::Message("text".into())),
    |machine| machine.handle(NetworkEvent::ClosingStarted),
    |machine| machine.handle(end(closed(1000, "", true))),
    |machine| machine.begin_turn(1),
];
const ESTABLISH: usize = 4;
const CLOSED: usize = 7;

/// Whether a network reports in this order: nothing before it is established but the end, nothing
/// after the end, and established once.
fn is_possible(moves: &[usize]) -> bool {
    let (mut is_open, mut is_over) = (false, false);
    for made in moves
        .iter()
        .filter(|made| (ESTABLISH..=CLOSED).contains(made))
    {
        let is_out_of_turn = match *made {
            ESTABLISH => is_open,
            CLOSED => false,
            _ => !is_open,
        };
        if is_over || is_out_of_turn {
            return false;
        }
        is_open |= *made == ESTABLISH;
        is_over |= *made == CLOSED;
    }
    true
}

/// Makes the moves, and runs a task after each of them for which `runs` has a bit.
fn play(moves: &[usize], runs: u32) -> Vec<Event> {
    let mut machine = machine();
    let (mut state, mut fired) = (machine.ready_state(), Vec::new());
    let check_state = |machine: &Machine, state: &mut ReadyState| {
        assert!(
            machine.ready_state() >= *state,
            "{moves:?}: the ready state went back"
        );
        *state = machine.ready_state();
    };
    for (index, made) in moves.iter().enumerate() {
        let amount = machine.buffered_amount();
        let before = fired.len();
        MOVES[*made](&mut machine);
        check_state(&machine, &mut state);
        assert!(
            machine.buffered_amount() >= amount || *made == 8,
            "{moves:?}"
        );
        if runs >> index & 1 == 1 {
            fired.extend(machine.run_task().into_iter().flatten());
            check_state(&machine, &mut state);
        }
        assert!(fired.len() == before || runs >> index & 1 == 1);
    }
    fired.extend(run(&mut machine));
    check_state(&machine, &mut state);
    let closes = commands(&mut machine);
    let is_end =
        |command: &&Command| matches!(command, Command::StartClosing { .. } | Command::Drop);
    assert!(
        closes.iter().filter(is_end).count() <= 1,
        "{moves:?}: {closes:?}"
    );
    let last = closes.iter().position(|command| is_end(&command));
    assert!(
        last.is_none_or(|at| at + 1 == closes.len()),
        "{moves:?}: sent behind the end"
    );
    fired
}

/// Some order of calls and network events would fire what may not fire there.
#[test]
fn every_order_of_calls_and_reports_keeps_the_order_of_events() {
    const LEN: u32 = 5;
    let mut tried = 0;
    for number in 0..9_usize.pow(LEN) {
        let moves: Vec<usize> = (0..LEN).map(|at| number / 9_usize.pow(at) % 9).collect();
        if !is_possible(&moves) {
            continue;
        }
        for runs in 0..1 << LEN {
            let fired = play(&moves, runs);
            let kinds: Vec<_> = fired.iter().map(|event| event.kind().as_str()).collect();
            let mut rest = kinds.as_slice();
            if let ["open", after @ ..] = rest {
                rest = after;
                while let ["message", after @ ..] = rest {
                    rest = after;
                }
            }
            if let ["error", after @ ..] = rest {
                assert_eq!(after, ["close"], "{moves:?}");
            }
            assert!(
                matches!(rest, [] | ["close"] | ["error", "close"]),
                "{moves:?}: {kinds:?}"
            );
            assert_eq!(
                moves.contains(&CLOSED),
                !rest.is_empty(),
                "{moves:?}: {kinds:?}"
            );
            tried += 1;
        }
    }
    assert!(tried > 100_000, "{tried}");
}
