//! Compressed messages that inflate to more than the limit: refused while they are inflated, not
//! after (CVE-2026-1526, CVE-2026-39804, CVE-2018-1000518).

use sockeye::{Acceptor, DeflatePolicy};

use crate::gauge::{assert_peak, counted, runtime};
use crate::support::open::{REQUEST, config, deflating_client};
use crate::support::scripted::scripted;

#[test]
fn server_sent_a_bomb_holds_what_the_limit_grants_and_refuses_it() {
    const LIMIT: usize = 1 << 20;
    let runtime = runtime();
    let bomb = runtime.block_on(async {
        let (mut client, script) = deflating_client().await;
        client.send(vec![0; 16 * LIMIT]).await.unwrap();
        client.flush().await.unwrap();
        script.take_written()
    });
    assert!(
        bomb.len() < 16 * LIMIT / 900,
        "a thousand to one: {}",
        bomb.len()
    );
    for policy in [DeflatePolicy::no_takeover(), DeflatePolicy::takeover()] {
        let (transport, script) = scripted();
        let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
        script.bytes(REQUEST.trim_end().to_owned() + "\r\n" + offer);
        let acceptor = Acceptor::default()
            .deflate(Some(policy))
            .config(config(|config| config.message_len_max = LIMIT));
        let mut ws = runtime.block_on(acceptor.accept(transport)).unwrap();
        script.take_written();
        script.bytes(bomb.clone());
        let (received, info) = counted(&runtime, ws.recv());
        assert!(received.unwrap_err().is_limit());
        // Old and new buffer of the message while it grows, and the window with its tables.
        assert_peak(&info, 3 * LIMIT + 128 * 1024);
        assert_eq!(script.take_frames()[0].close_code(), Some(1009));
    }
}

#[test]
fn server_sent_a_read_full_of_empty_compressed_messages_holds_little_for_them() {
    const COUNT: usize = 9000;
    let runtime = runtime();
    let (transport, script) = scripted();
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    script.bytes(REQUEST.trim_end().to_owned() + "\r\n" + offer);
    let acceptor = Acceptor::default().deflate(Some(DeflatePolicy::no_takeover()));
    let mut ws = runtime.block_on(acceptor.accept(transport)).unwrap();
    // FIN, RSV1 and Text; masked with zeros: the header of an empty stored block (RFC 7692
    // §7.2.3.6).
    script.bytes([0xC1, 0x81, 0, 0, 0, 0, 0].repeat(COUNT));
    let (first, info) = counted(&runtime, ws.recv());
    assert_eq!(first.unwrap().unwrap().payload().pinned_len(), 0);
    assert_peak(&info, 512 * 1024);
}

#[test]
fn server_sent_a_read_full_of_large_messages_inflates_them_turn_by_turn() {
    const LEN: usize = 2 << 20;
    const COUNT: usize = 16;
    let runtime = runtime();
    let packed = runtime.block_on(async {
        let (mut client, script) = deflating_client().await;
        for _ in 0..COUNT {
            client.send(vec![0; LEN]).await.unwrap();
        }
        client.flush().await.unwrap();
        script.take_written()
    });
    assert!(packed.len() < 64 * 1024, "one read: {}", packed.len());
    let (transport, script) = scripted();
    let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    script.bytes(REQUEST.trim_end().to_owned() + "\r\n" + offer);
    let acceptor = Acceptor::default().deflate(Some(DeflatePolicy::no_takeover()));
    let mut ws = runtime.block_on(acceptor.accept(transport)).unwrap();
    script.bytes(packed);
    let (count, info) = counted(&runtime, async {
        let mut count = 0;
        while count < COUNT {
            assert_eq!(ws.recv().await.unwrap().unwrap().payload().len(), LEN);
            count += 1;
        }
        count
    });
    assert_eq!(count, COUNT);
    // One message and the bound of a batch, with the old buffer while the message's grows.
    assert_peak(&info, 3 * LEN + 256 * 1024);
}
