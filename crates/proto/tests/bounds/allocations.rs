//! How often ordinary traffic allocates: not at all where it lies in the read, nor where the owned
//! messages of earlier reads are gone, and once per read where they are held.

use std::collections::VecDeque;
use std::sync::Arc;

use sockeye_proto::Role;
use sockeye_proto::connection::Batch;
use sockeye_proto::message::Message;

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
fn server_owns_the_small_messages_of_a_read_with_no_allocation_once_earlier_ones_are_gone() {
    assert_eq!(allocations_to_own(16, VecDeque::clear), 0);
}

#[test]
fn server_owns_the_small_messages_of_a_read_with_one_allocation_while_earlier_ones_are_held() {
    let mut held = Vec::new();
    assert_eq!(
        allocations_to_own(16, |messages| held.push(messages.pop_front())),
        1
    );
}

/// The most allocations that a read of `count` small messages takes until they are owned, where
/// `dispose` says what becomes of them.
fn allocations_to_own(count: usize, mut dispose: impl FnMut(&mut VecDeque<Message>)) -> u64 {
    let bytes = Frame::new(TEXT, "sixteen in flight")
        .from(Role::Client)
        .repeat(count);
    let (mut batch, mut messages) = (Batch::default(), VecDeque::new());
    let mut victim = Victim::new(&Arc::default());
    // The thread's own memory grows once.
    victim.read_owned(&bytes, &mut batch, &mut messages);
    messages.clear();
    let read_once = |_| {
        let before = victim.allocations;
        victim.read_owned(&bytes, &mut batch, &mut messages);
        assert_eq!(messages.len(), count);
        dispose(&mut messages);
        messages.clear();
        victim.allocations - before
    };
    (0..100).map(read_once).max().unwrap_or_default()
}
