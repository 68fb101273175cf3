//! What the parts of an idle connection take: the items of `docs/memory.md`.

use tokio::net::TcpStream;

use super::*;

#[test]
fn connection_takes_what_the_docs_say() {
    let docs = include_str!("../../../../docs/memory.md");
    let words = 2 * size_of::<usize>();
    let items = [
        ("`proto::Connection`", size_of::<Connection>()),
        ("`Outbox`", size_of::<Outbox>()),
        ("`Core` without these", core_without_parts()),
        (
            "`Shared` around it",
            size_of::<Shared<()>>() - size_of::<Core<()>>(),
        ),
        ("`Arc`'s two counters", words),
    ];
    for (name, len) in items {
        let line = docs.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("docs/memory.md has no line about {name}"));
        assert!(
            line.ends_with(&format!("| {len} |")),
            "{name} takes {len}: {line}"
        );
    }
}

#[test]
fn core_takes_no_more_around_a_socket_than_around_nothing() {
    let around_nothing = size_of::<Core<()>>();
    let around_a_socket = size_of::<Core<TcpStream>>() - size_of::<TcpStream>();
    assert_eq!(around_a_socket, around_nothing);
}

fn core_without_parts() -> usize {
    // Nothing without the features `metrics` and `tracing`.
    let telemetry = size_of::<Telemetry>();
    size_of::<Core<()>>() - size_of::<Connection>() - size_of::<Outbox>() - telemetry
}

#[tokio::test(start_paused = true)]
async fn rare_state_of_a_measurement_is_gone_with_it_and_that_of_marks_stays() {
    let connection = Connection::new(sockeye_proto::Role::Server, Arc::default(), keeper::now());
    let (transport, _peer) = tokio::io::duplex(100);
    let shared = Shared::new(connection, transport, Vec::new());
    let measure = || {
        let mut core = shared.lock();
        let nonce = Workbench::with(|bench| core.queue_probe(bench)).unwrap();
        let Core { rare, latency, .. } = &mut *core;
        measure::hear_pong(rare, latency, &nonce);
        assert!(latency.take().is_some());
        core.rare.is_some()
    };
    assert!(!measure());
    shared.set_marks(QueueMarks::new(1, 2).unwrap());
    assert!(measure());
    shared.set_marks(QueueMarks::default());
    assert!(shared.lock().rare.is_none());
}

#[test]
fn rare_state_takes_a_word_as_long_as_there_is_none() {
    assert_eq!(size_of::<Option<Box<Rare>>>(), size_of::<usize>());
}
