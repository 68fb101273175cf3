//! One connection: the messages on their way out, and when they left.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};

use crate::link::Link;
use crate::reply::{ReplyReader, Scrutiny};
use crate::script::Script;
use bench_meter::Histogram;

/// A connection whose opening handshake is done.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) link: Link,
    replies: ReplyReader,
    /// The message that goes out next, or the rest of it.
    next: usize,
    /// How many messages are due to go out, that one included.
    due: usize,
    /// How much of the next message is out already.
    skip: usize,
    /// When each unanswered message was handed over, oldest first, in nanoseconds of the run.
    sent_at: VecDeque<u64>,
}

/// What a phase counts, over all connections.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) latency: Histogram,
    /// Payload bytes of the replies as they were on the wire.
    pub(crate) reply_bytes: u64,
}

impl Connection {
    pub(crate) fn new(link: Link, scrutiny: Scrutiny) -> Self {
        Self {
            link,
            replies: ReplyReader::new(scrutiny),
            next: 0,
            due: 0,
            skip: 0,
            sent_at: VecDeque::new(),
        }
    }

    /// Begins a script. Invariant: no reply is outstanding.
    pub(crate) fn restart(&mut self) {
        self.next = 0;
        self.replies.restart();
    }

    /// Sends `count` more messages, as far as the kernel takes them now.
    pub(crate) fn send(&mut self, script: &Script, count: usize, now: u64) -> Result<(), String> {
        self.due += count;
        self.sent_at.extend(std::iter::repeat_n(now, count));
        self.write(script)
    }

    /// Writes what is due until the kernel takes no more.
    pub(crate) fn write(&mut self, script: &Script) -> Result<(), String> {
        while self.due > 0 {
            let bytes = script.bytes(self.next, self.due, self.skip);
            match self.link.write(bytes) {
                Ok(len) => self.advance(script, len),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(format!("cannot send: {error}")),
            }
        }
        match self.link.flush() {
            Err(error) if error.kind() != ErrorKind::WouldBlock => {
                Err(format!("cannot send: {error}"))
            }
            _ => Ok(()),
        }
    }

    fn advance(&mut self, script: &Script, written: usize) {
        self.skip += written;
        while self.due > 0 && self.skip >= script.wire_len(self.next) {
            self.skip -= script.wire_len(self.next);
            self.next = script.after(self.next);
            self.due -= 1;
        }
    }

    /// Reads until the kernel has no more, and returns how many replies were completed.
    pub(crate) fn read(
        &mut self,
        script: &Script,
        buffer: &mut [u8],
        now: u64,
        tally: &mut Tally,
    ) -> Result<usize, String> {
        let mut completed = 0;
        loop {
            let len = match self.link.read(buffer) {
                Ok(0) => return Err("the server ended the connection".to_owned()),
                Ok(len) => len,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(format!("cannot receive: {error}")),
            };
            completed += self
                .replies
                .read(script, &buffer[..len], &mut tally.reply_bytes)?;
            // A short read emptied the socket, and edge-triggered epoll reports what comes later.
            if len < buffer.len() {
                break;
            }
        }
        for _ in 0..completed {
            let sent_at = self
                .sent_at
                .pop_front()
                .ok_or("a reply answers no message")?;
            tally.latency.record(now.saturating_sub(sent_at), 1);
        }
        Ok(completed)
    }
}
