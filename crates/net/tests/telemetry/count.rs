//! Counters, gauges and histograms of `metrics`.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::runtime::Builder;

use crate::recorder::Sums;
use crate::scenario::{compress, fail, refuse, talk};
use crate::support::open::{config, server_with};
use crate::support::wire::{TEXT, masked};

/// What is counted while `scenario` runs, with everything that it started at its end.
fn counted(scenario: impl Future<Output = ()>) -> Sums {
    let sums = Sums::default();
    metrics::with_local_recorder(&sums, || {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        runtime.unwrap().block_on(scenario);
    });
    sums
}

/// Asserts sums, as `name{labels}`.
fn assert_sums(sums: &Sums, expected: &[(&str, u32)]) {
    for (name, value) in expected {
        let sum = sums.sum(name);
        assert_eq!(sum, Some(f64::from(*value)), "{name}: {:?}", sums.names());
    }
}

#[test]
fn connections_and_messages_are_counted_by_role_direction_and_kind() {
    let sums = counted(talk());
    let expected = [
        ("sockeye_connections{role=client}", 0),
        ("sockeye_connections{role=server}", 0),
        ("sockeye_connections_total{role=client}", 1),
        ("sockeye_connections_total{role=server}", 1),
        ("sockeye_messages_total{direction=sent,kind=text}", 1),
        ("sockeye_messages_total{direction=received,kind=text}", 1),
        ("sockeye_messages_total{direction=sent,kind=binary}", 1),
        ("sockeye_message_bytes_total{direction=sent,kind=text}", 11),
        (
            "sockeye_message_bytes_total{direction=received,kind=binary}",
            300,
        ),
        ("sockeye_closes_total{role=client,code=1000,clean=true}", 1),
        ("sockeye_closes_total{role=server,code=1000,clean=true}", 1),
    ];
    assert_sums(&sums, &expected);
    assert!(sums.sum("sockeye_round_trip_seconds{}").is_some());
    let wire = |direction| {
        sums.sum(&format!(
            "sockeye_wire_bytes_total{{direction={direction}}}"
        ))
    };
    assert_eq!(wire("sent"), wire("received"), "all that was sent was read");
    assert!(wire("sent") > Some(311.0));
}

#[test]
fn compression_shows_as_fewer_bytes_on_the_wire_and_a_queue_as_its_length() {
    let sums = counted(compress());
    assert_sums(
        &sums,
        &[
            (
                "sockeye_message_bytes_total{direction=sent,kind=binary}",
                1050,
            ),
            ("sockeye_closes_total{role=server,code=3xxx,clean=true}", 1),
        ],
    );
    let wire = sums
        .sum("sockeye_wire_bytes_total{direction=sent}")
        .unwrap();
    assert!(wire < 200.0, "{wire} bytes for 1050");
    let queued = sums.sum("sockeye_queue_bytes{}").unwrap();
    assert!(queued > 0.0, "{queued} bytes");
}

#[test]
fn faults_are_counted_by_whose_they_are_and_end_as_closes() {
    let sums = counted(fail());
    let expected = [
        ("sockeye_faults_total{whose=network}", 1),
        ("sockeye_faults_total{whose=peer}", 1),
        ("sockeye_connections{role=server}", 0),
        // No Close came from either (RFC 6455 §7.1.5).
        ("sockeye_closes_total{role=server,code=1006,clean=false}", 2),
    ];
    assert_sums(&sums, &expected);
}

/// By its header, where another message came before it too; in chunks; and by what waited.
#[test]
fn messages_that_are_too_long_are_counted_as_faults_of_a_limit() {
    let sums = counted(async {
        let limited = config(|config| config.message_len_max = 10);
        let long = masked(TEXT, &[b'z'; 11]);
        for before in [Vec::new(), masked(TEXT, b"short")] {
            let (mut ws, script) = server_with(Arc::clone(&limited)).await;
            script.bytes([&before[..], &long].concat());
            if !before.is_empty() {
                ws.recv().await.unwrap().unwrap();
            }
            assert!(ws.recv().await.unwrap_err().is_limit());
        }
        let (mut ws, script) = server_with(limited).await;
        script.bytes(&long[..]);
        let mut stream = ws.recv_stream().await.unwrap().unwrap().limit(10);
        assert!(stream.chunk().await.unwrap_err().is_limit());
    });
    assert_sums(&sums, &[("sockeye_faults_total{whose=limit}", 3)]);
}

#[test]
fn refusals_are_counted_by_status_where_it_is_ours() {
    let sums = counted(refuse());
    let expected = [
        ("sockeye_refusals_total{role=server,status=403}", 1),
        ("sockeye_refusals_total{role=server,status=404}", 1),
        ("sockeye_refusals_total{role=client,status=5xx}", 1),
    ];
    assert_sums(&sums, &expected);
}

#[test]
fn every_name_is_in_the_docs_and_every_name_of_the_docs_is_counted() {
    let sums = counted(async {
        talk().await;
        fail().await;
        refuse().await;
        compress().await;
    });
    let bare = |name: String| name.split('{').next().unwrap().to_owned();
    let counted: BTreeSet<String> = sums.names().into_iter().map(bare).collect();
    let docs = include_str!("../../../../docs/telemetry.md");
    let rows = docs
        .lines()
        .filter_map(|line| line.strip_prefix("| `sockeye_")?.split('`').next());
    let documented: BTreeSet<String> = rows.map(|name| format!("sockeye_{name}")).collect();
    assert_eq!(counted, documented);
}

/// One in pieces, and one that was received whole: whichever way, both sides count the same.
#[test]
fn messages_in_pieces_are_counted_once_with_all_their_bytes() {
    let sums = counted(async {
        let (mut a, mut b) = sockeye::pair();
        let sending = async {
            for pieces in [1, 2, 40] {
                let mut message = a.send_stream(sockeye::MessageKind::Binary);
                for _ in 0..pieces {
                    message.write([7; 5000]).await.unwrap();
                }
                message.finish().await.unwrap();
            }
        };
        let receiving = async {
            for _ in 0..3 {
                let mut message = b.recv_stream().await.unwrap().unwrap();
                while message.chunk().await.unwrap().is_some() {}
            }
        };
        tokio::join!(sending, receiving);
    });
    let name =
        |what, direction| format!("sockeye_{what}_total{{direction={direction},kind=binary}}");
    for direction in ["sent", "received"] {
        let messages = sums.sum(&name("messages", direction));
        assert_eq!(messages, Some(3.0), "{direction}");
        let bytes = sums.sum(&name("message_bytes", direction));
        assert_eq!(bytes, Some(43.0 * 5000.0), "{direction}");
    }
}
