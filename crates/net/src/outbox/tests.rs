//! The write queue against a transport that takes any number of bytes at a time.

use super::*;

/// Takes at most `step` bytes per call; vectored if asked to be.
struct Trickle {
    step: usize,
    vectored: bool,
    taken: Vec<u8>,
    calls: usize,
}

impl AsyncWrite for Trickle {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let count = bytes.len().min(self.step);
        self.taken.extend_from_slice(&bytes[..count]);
        self.calls += 1;
        Poll::Ready(Ok(count))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let joined: Vec<u8> = slices
            .iter()
            .flat_map(|slice| slice.iter().copied())
            .collect();
        self.poll_write(cx, &joined)
    }

    fn is_write_vectored(&self) -> bool {
        self.vectored
    }

    fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

fn filled() -> (Outbox, Vec<u8>) {
    let mut outbox = Outbox::default();
    let mut expected = Vec::new();
    Workbench::with(|bench| {
        for idx in 0..40_u8 {
            outbox.append(&mut bench.spares, |tail| tail.extend_from_slice(&[idx; 3]));
            expected.extend_from_slice(&[idx; 3]);
            if idx % 3 == 0 {
                let payload = vec![idx; usize::from(idx) * 7];
                let header = sockeye_proto::frame::FrameHeader {
                    fin: true,
                    rsv: sockeye_proto::frame::Rsv::NONE,
                    opcode: sockeye_proto::frame::Opcode::Binary,
                    masking_key: None,
                    payload_len: payload.len() as u64,
                }
                .encode();
                expected.extend_from_slice(header.as_slice());
                expected.extend_from_slice(&payload);
                outbox.append_reference(header, Payload::from(payload));
            }
        }
    });
    (outbox, expected)
}

#[test]
fn outbox_writes_everything_in_order_however_little_the_transport_takes() {
    for vectored in [false, true] {
        for step in [1, 2, 3, 5, 16, 100, 1 << 20] {
            let (mut outbox, expected) = filled();
            assert_eq!(outbox.len(), expected.len());
            let mut trickle = Trickle {
                step,
                vectored,
                taken: Vec::new(),
                calls: 0,
            };
            let mut cx = Context::from_waker(std::task::Waker::noop());
            assert!(outbox.poll_write(&mut trickle, &mut cx).is_ready());
            assert_eq!(trickle.taken, expected, "step {step}, vectored {vectored}");
            assert!(outbox.is_empty());
        }
    }
}

#[test]
fn outbox_writes_header_and_large_payload_with_one_call() {
    let (mut outbox, expected) = (Outbox::default(), 100_000);
    let header = sockeye_proto::frame::FrameHeader::decode(&[0x82, 0])
        .unwrap()
        .unwrap()
        .0
        .encode();
    outbox.append_reference(header, Payload::from(vec![1; expected]));
    let mut trickle = Trickle {
        step: usize::MAX,
        vectored: true,
        taken: Vec::new(),
        calls: 0,
    };
    let mut cx = Context::from_waker(std::task::Waker::noop());
    assert!(outbox.poll_write(&mut trickle, &mut cx).is_ready());
    assert_eq!((trickle.calls, trickle.taken.len()), (1, expected + 2));
}

#[test]
fn outbox_that_was_written_owns_no_memory() {
    let (mut outbox, _) = filled();
    let mut trickle = Trickle {
        step: 99,
        vectored: true,
        taken: Vec::new(),
        calls: 0,
    };
    let mut cx = Context::from_waker(std::task::Waker::noop());
    assert!(outbox.poll_write(&mut trickle, &mut cx).is_ready());
    Workbench::with(|bench| outbox.recycle(bench));
    assert_eq!((outbox.tail.capacity(), outbox.segments.capacity()), (0, 0));
}

#[test]
fn outbox_calls_a_transport_that_takes_nothing_an_error() {
    let (mut outbox, _) = filled();
    let mut trickle = Trickle {
        step: 0,
        vectored: true,
        taken: Vec::new(),
        calls: 0,
    };
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let Poll::Ready(Err(error)) = outbox.poll_write(&mut trickle, &mut cx) else {
        panic!()
    };
    assert_eq!(error.kind(), io::ErrorKind::WriteZero);
}

/// Echoing a large message costs one plain write, which the kernel does with less than a vectored
/// one.
#[test]
fn outbox_writes_a_payload_that_has_its_header_in_front_in_one_piece() {
    let header = sockeye_proto::frame::FrameHeader {
        fin: true,
        rsv: sockeye_proto::frame::Rsv::NONE,
        opcode: sockeye_proto::frame::Opcode::Binary,
        masking_key: None,
        payload_len: 300,
    }
    .encode();
    let block = [b"before", header.as_slice(), &[7; 300]].concat();
    let start = block.len() - 300;
    let payload = Payload::from_block(block.as_slice().into(), start..start + 300);
    let mut outbox = Outbox::default();
    outbox.append_reference(header, payload);
    assert_eq!(outbox.unwritten(0).collect::<Vec<_>>(), [&block[6..]]);
    assert_eq!(outbox.len(), block.len() - 6);
}
