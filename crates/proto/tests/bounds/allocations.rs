//! How often ordinary traffic allocates: not at all where it lies in the read, once per read where
//! its messages are to be owned.

use std::collections::VecDeque;
use std::sync::Arc;

use sockeye_proto::Role;
use sockeye_proto::connection::Batch;

use crate::frames::{BINARY, CONTINUATION, Frame, TEXT, wire};
use crate::gauge::Victim;

#[test]
fn server_reads_whole_messages_without_allocating() {
    let text = Frame::new(TEXT, "text й".repeat(100));
    let frames = [text.clone(), Frame::new(BINARY, [7; 3000]), text];
    let mut victim = Victim::new(&Arc::default());
    for _ in 0..100 {
        victim.read(&wire(Role::Client, &frames));
    }
    assert_eq!(victim.allocations, 0);
}

#[test]
fn server_reads_fragments_of_one_read_without_allocating() {
    let fragments = [
        Frame::new(TEXT, b"\xCE").no_fin(),
        Frame::new(CONTINUATION, b"\xBA and").no_fin(),
        Frame::new(CONTINUATION, "").no_fin(),
        Frame::new(CONTINUATION, " more"),
    ];
    let bytes = wire(Role::Client, &fragments).repeat(20);
    let mut victim = Victim::new(&Arc::default());
    for _ in 0..100 {
        victim.read(&bytes);
    }
    assert_eq!(victim.allocations, 0);
}

#[test]
fn server_owns_the_small_messages_of_a_read_with_one_allocation() {
    let bytes = Frame::new(TEXT, "sixteen in flight")
        .from(Role::Client)
        .repeat(16);
    let (mut batch, mut messages) = (Batch::default(), VecDeque::new());
    let mut victim = Victim::new(&Arc::default());
    // The thread's own memory grows once.
    victim.read_owned(&bytes, &mut batch, &mut messages);
    messages.clear();
    for _ in 0..100 {
        let before = victim.allocations;
        victim.read_owned(&bytes, &mut batch, &mut messages);
        assert_eq!((messages.len(), victim.allocations - before), (16, 1));
        messages.clear();
    }
}
