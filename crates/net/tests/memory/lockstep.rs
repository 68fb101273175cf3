//! A peer that reads one answer for each message that it sends, and always leaves some unread: the
//! queue is never long and never empty.

use sockeye::limits::{COMPACT_LEN_MIN, QUEUE_LEN_HIGH};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use crate::gauge::{assert_peak, counted, runtime};
use crate::support::open::REQUEST;
use crate::support::poll::settle;
use crate::support::wire::{BINARY, masked};

const PIPE_LEN: usize = 64 * 1024;
const LEN: usize = 4096;
/// Fills the pipe, and half of the queue.
const AHEAD: usize = 24;
const ROUNDS: usize = 1000;

#[test]
fn server_echoes_in_lockstep_and_holds_no_more_than_twice_its_queue() {
    let ((), info) = counted(&runtime(), async {
        let (near, mut far) = duplex(PIPE_LEN);
        tokio::spawn(async move {
            let mut ws = sockeye::accept(near).await.unwrap();
            while let Ok(Some(message)) = ws.recv().await {
                ws.send(message).await.unwrap();
            }
        });
        far.write_all(REQUEST.as_bytes()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(far.read_u8().await.unwrap());
        }
        let message = masked(BINARY, &[7; LEN]);
        for _ in 0..AHEAD {
            far.write_all(&message).await.unwrap();
            settle().await;
        }
        let mut answer = vec![0; LEN + 4];
        for _ in 0..ROUNDS {
            far.read_exact(&mut answer).await.unwrap();
            settle().await;
            far.write_all(&message).await.unwrap();
            settle().await;
        }
    });
    // 4 MB were echoed. The pipes of the test and its message are in the figure.
    let queue = 2 * (QUEUE_LEN_HIGH + COMPACT_LEN_MIN);
    assert_peak(&info, queue + 4 * PIPE_LEN + 16 * LEN);
}
