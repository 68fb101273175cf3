//! One message as `AsyncRead` and `AsyncWrite`: the bytes, the end, and an end that is missing.

use std::io::ErrorKind;

use sockeye::{MessageKind, pair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test(start_paused = true)]
async fn stream_of_one_message_is_copied_with_tokios_own_means() {
    let (mut client, mut server) = pair();
    let bytes: Vec<u8> = (0..=250).cycle().take(1_000_000).collect();
    let sending = async {
        let mut stream = client.send_stream(MessageKind::Binary);
        let len = tokio::io::copy(&mut &bytes[..], &mut stream).await.unwrap();
        assert_eq!(len, 1_000_000);
        stream.shutdown().await.unwrap();
        assert!(stream.write(b"more").await.unwrap_err().is_misuse());
        let after = AsyncWriteExt::write(&mut stream, b"more")
            .await
            .unwrap_err();
        assert_eq!(after.kind(), ErrorKind::BrokenPipe, "the message has ended");
        stream.shutdown().await.unwrap();
        drop(stream);
        client.send("next").await.unwrap();
    };
    let receiving = async {
        let mut all = Vec::new();
        let mut stream = server.recv_stream().await.unwrap().unwrap();
        stream.read_to_end(&mut all).await.unwrap();
        assert!(all == bytes);
    };
    tokio::join!(sending, receiving);
    let next = server.recv().await.unwrap().unwrap();
    assert_eq!(next.as_text(), Some("next"), "the connection goes on");
}

#[tokio::test(start_paused = true)]
async fn stream_of_a_message_without_its_end_is_an_error_and_not_a_shorter_one() {
    let (mut client, mut server) = pair();
    let mut stream = client.send_stream(MessageKind::Binary);
    stream.write_all(b"part").await.unwrap();
    let mut all = Vec::new();
    let mut coming = server.recv_stream().await.unwrap().unwrap();
    drop(stream);
    let error = coming.read_to_end(&mut all).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenPipe, "{error}");
    drop(coming);
    assert_eq!(server.recv().await.unwrap(), None);
    assert_eq!(server.close_event().unwrap().code, 1011.into());
}
