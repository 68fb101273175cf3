//! What a server can make a client hold: the floods and the bomb that are tried on a server, from
//! the other side (CVE-2026-12151 and CVE-2026-1526 were clients).

use sockeye::{Acceptor, DeflatePolicy, WebSocket};
use tokio::runtime::Runtime;

use crate::gauge::{assert_peak, counted, runtime};
use crate::support::open::{REQUEST, client_with, config, deflating_client_with};
use crate::support::scripted::{Script, Scripted, scripted};
use crate::support::wire::{BINARY, CLOSE, unmasked};

/// What a connection may hold besides what a test is about.
const SMALL: usize = 4096;

const LIMIT: usize = 1 << 18;

/// A client receives `wire`, which breaks a limit; it holds at most `bound` bytes meanwhile.
fn assert_refused(
    runtime: &Runtime,
    (mut ws, script): (WebSocket<Scripted>, Script),
    wire: Vec<u8>,
    bound: usize,
) {
    script.reserve(1024, 1);
    script.bytes(wire);
    let (received, info) = counted(runtime, ws.recv());
    assert!(received.unwrap_err().is_limit());
    assert_peak(&info, bound);
    assert_eq!(script.take_frames()[0].first, CLOSE);
}

/// The same with a client whose messages are limited.
fn assert_flood_is_refused(wire: Vec<u8>, bound: usize) {
    let runtime = runtime();
    let client = client_with(config(|config| config.message_len_max = LIMIT));
    let client = runtime.block_on(client);
    assert_refused(&runtime, client, wire, bound);
}

#[test]
fn client_flooded_with_fragments_of_one_byte_holds_what_the_limit_grants() {
    let fragments = unmasked(0x00, b"b").repeat(LIMIT + 1);
    let wire = [unmasked(0x02, b"a"), fragments].concat();
    assert_flood_is_refused(wire, 3 * LIMIT + SMALL);
}

#[test]
fn client_flooded_with_empty_fragments_holds_nothing_and_ends_it() {
    let fragments = unmasked(0x00, b"").repeat(1 << 16);
    assert_flood_is_refused([unmasked(0x01, b""), fragments].concat(), SMALL);
}

#[test]
fn client_told_of_a_message_beyond_its_limit_holds_nothing() {
    let mut header = vec![BINARY, 127];
    header.extend((1_u64 << 62).to_be_bytes());
    assert_flood_is_refused(header, SMALL);
}

/// A compressed message of `len` zeros, as a server sends it.
async fn bomb(len: usize) -> Vec<u8> {
    let (transport, script) = scripted();
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    script.bytes(REQUEST.trim_end().to_owned() + "\r\n" + offer);
    let acceptor = Acceptor::default().deflate(Some(DeflatePolicy::no_takeover()));
    let mut server = acceptor.accept(transport).await.unwrap();
    script.take_written();
    server.send(vec![0; len]).await.unwrap();
    server.flush().await.unwrap();
    script.take_written()
}

#[test]
fn client_sent_a_bomb_holds_what_the_limit_grants_and_refuses_it() {
    let runtime = runtime();
    let config = config(|config| config.message_len_max = LIMIT);
    let (bomb, client) = runtime.block_on(async {
        let bomb = bomb(64 * LIMIT).await;
        (bomb, deflating_client_with(config).await)
    });
    assert!(bomb.len() < 64 * LIMIT / 900, "{}", bomb.len());
    assert_refused(&runtime, client, bomb, 3 * LIMIT + 128 * 1024);
}
