//! The `big` mode: what a byte costs in messages of growing size, on one connection.
//!
//! A message here is a block of bytes repeated, so that a gigabyte takes no memory of the
//! generator; every byte that comes back is compared.

use std::io::{ErrorKind, IoSlice, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::handshake::Dialer;
use crate::options::{Framing, Options};
use bench_meter::settled_cpu_ns;
use bench_wire::frame::{BINARY, ClientFrame, HeaderReader};
use bench_wire::payload::Content;

/// What is repeated: a multiple of the key's length, so that masked blocks repeat as well.
const BLOCK_LEN: usize = 256 * 1024;

/// Small messages are kept in flight up to this many bytes, or waiting would be what is measured.
const IN_FLIGHT_LEN: usize = 64 * 1024;

/// Each size is measured over at least this many bytes.
const MEASURED_LEN_MIN: usize = 256 << 20;

/// The pieces of one write: enough to fill a socket's buffer, or a window of small messages.
const SLICES_MAX: usize = 64;

const KEY: [u8; 4] = [0x5a, 0x13, 0xc7, 0x9e];

const SILENCE_MAX: Timespec = Timespec {
    tv_sec: 60,
    tv_nsec: 0,
};

/// The messages of one size: how each begins, and the block that fills it.
struct Message {
    size: usize,
    header: Vec<u8>,
    masked: Vec<u8>,
    plain: Vec<u8>,
}

/// How far the messages of one size have come.
#[derive(Default)]
struct Progress {
    /// Whole messages sent and received.
    sent: usize,
    received: usize,
    /// Bytes of the current message sent, header included, and payload bytes of the current reply
    /// received.
    sent_len: usize,
    received_len: usize,
    /// The header of the current reply. `replying` says that it is complete.
    header: HeaderReader,
    replying: bool,
}

/// Runs the mode and returns a line per size.
///
/// # Errors
///
/// The first thing that a server did wrong.
pub(crate) fn run(options: &Options) -> Result<String, String> {
    let link = Dialer::new(options)?.open(0)?;
    let stream = link.stream();
    let mut lines = Vec::new();
    for &size in &options.sizes {
        let message = Message::new(size, options.framing);
        let count = (measured_len(options) / size).max(1);
        exchange(stream, &message, options.framing, 1)?;
        let before = settled_cpu_ns(&options.pids)?;
        let begin = Instant::now();
        exchange(stream, &message, options.framing, count)?;
        let elapsed = begin.elapsed();
        let cpu = settled_cpu_ns(&options.pids)? - before;
        lines.push(format!(
            "size={size} messages={count} payload_bytes={} elapsed_ns={} server_cpu_ns={cpu}",
            count * size,
            elapsed.as_nanos(),
        ));
    }
    Ok(lines.join("\n"))
}

/// A shorter `--measure-ms` than a second asks for so much less.
fn measured_len(options: &Options) -> usize {
    let milliseconds = usize::try_from(options.measure.as_millis()).unwrap_or(1000);
    MEASURED_LEN_MIN / 1000 * milliseconds.min(1000)
}

impl Message {
    fn new(size: usize, framing: Framing) -> Self {
        let plain = Content::Binary.generate(0, size.min(BLOCK_LEN));
        let frame = ClientFrame {
            fin: true,
            compressed: false,
            opcode: BINARY,
            key: KEY,
        };
        let mut header = Vec::new();
        let mut masked = plain.clone();
        if framing != Framing::Raw {
            frame.encode_header(size, &mut header);
            masked.clear();
            masked.extend(
                plain
                    .iter()
                    .zip(KEY.iter().cycle())
                    .map(|(byte, key)| byte ^ key),
            );
        }
        Self {
            size,
            header,
            masked,
            plain,
        }
    }

    fn wire_len(&self) -> usize {
        self.header.len() + self.size
    }

    /// Where one is `len` bytes after the beginning of the message numbered `number`: in which
    /// message, and how far in it.
    fn after(&self, number: usize, len: usize) -> (usize, usize) {
        (number + len / self.wire_len(), len % self.wire_len())
    }

    /// What follows the first `sent` bytes of the message, as far as it is in one piece.
    fn rest(&self, sent: usize) -> &[u8] {
        match sent.checked_sub(self.header.len()) {
            None => &self.header[sent..],
            Some(payload_sent) => piece(&self.masked, payload_sent, self.size),
        }
    }
}

/// The part of an endlessly repeated block from `offset` on that is in one piece and ends by `end`.
fn piece(block: &[u8], offset: usize, end: usize) -> &[u8] {
    let begin = offset % block.len();
    let len = (block.len() - begin).min(end - offset);
    &block[begin..begin + len]
}

/// Echoes `count` messages.
fn exchange(
    stream: &TcpStream,
    message: &Message,
    framing: Framing,
    count: usize,
) -> Result<(), String> {
    let window = (IN_FLIGHT_LEN / message.size).max(1);
    let mut progress = Progress::default();
    let mut buffer = vec![0; BLOCK_LEN];
    while progress.received < count {
        let sendable = count.min(progress.received + window);
        // A window is refilled when it is half empty, so that small messages go out in batches.
        let low = progress.sent_len > 0 || progress.sent - progress.received <= window / 2;
        let may_send = low && progress.sent < sendable;
        let interest = if may_send {
            PollFlags::IN | PollFlags::OUT
        } else {
            PollFlags::IN
        };
        let mut watched = [PollFd::new(stream, interest)];
        let ready = poll(&mut watched, Some(&SILENCE_MAX)).map_err(|error| error.to_string())?;
        if ready == 0 {
            return Err(format!(
                "no byte of a reply of {} came in time",
                message.size
            ));
        }
        let events = watched[0].revents();
        if may_send && events.contains(PollFlags::OUT) {
            progress.send(stream, message, sendable)?;
        }
        if events.intersects(PollFlags::IN | PollFlags::HUP | PollFlags::ERR) {
            progress.receive(stream, message, framing, &mut buffer)?;
        }
    }
    Ok(())
}

impl Progress {
    /// Writes once, as much of the messages before the one numbered `end` as one call may take: a
    /// header that went out by itself would cost the server a read.
    fn send(
        &mut self,
        mut stream: &TcpStream,
        message: &Message,
        end: usize,
    ) -> Result<(), String> {
        let mut slices = [IoSlice::new(&[]); SLICES_MAX];
        let (mut number, mut sent_len) = (self.sent, self.sent_len);
        for slice in &mut slices {
            if number == end {
                break;
            }
            let rest = message.rest(sent_len);
            *slice = IoSlice::new(rest);
            (number, sent_len) = message.after(number, sent_len + rest.len());
        }
        match stream.write_vectored(&slices) {
            Ok(len) => (self.sent, self.sent_len) = message.after(self.sent, self.sent_len + len),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(format!("cannot send: {error}")),
        }
        Ok(())
    }

    /// Reads once.
    fn receive(
        &mut self,
        mut stream: &TcpStream,
        message: &Message,
        framing: Framing,
        buffer: &mut [u8],
    ) -> Result<(), String> {
        let len = match stream.read(buffer) {
            Ok(0) => return Err(format!("the server ended a message of {}", message.size)),
            Ok(len) => len,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(format!("cannot receive: {error}")),
        };
        let mut input = &buffer[..len];
        while !input.is_empty() {
            if !self.replying && !self.begin_reply(&mut input, message, framing)? {
                return Ok(());
            }
            self.compare(&mut input, message)?;
        }
        Ok(())
    }

    /// Reads the reply's header; `false` when it is not complete.
    fn begin_reply(
        &mut self,
        input: &mut &[u8],
        message: &Message,
        framing: Framing,
    ) -> Result<bool, String> {
        if framing != Framing::Raw {
            let Some(header) = self.header.take(input)? else {
                return Ok(false);
            };
            if header.opcode != BINARY || header.compressed || header.payload_len != message.size {
                return Err(format!(
                    "a message of {} is answered by {header:?}",
                    message.size
                ));
            }
        }
        self.replying = true;
        Ok(true)
    }

    /// Compares the payload at the front of `input` and takes it.
    fn compare(&mut self, input: &mut &[u8], message: &Message) -> Result<(), String> {
        let expected = piece(&message.plain, self.received_len, message.size);
        let len = expected.len().min(input.len());
        if input[..len] != expected[..len] {
            return Err(format!(
                "the echo of {} bytes differs from the message",
                message.size
            ));
        }
        *input = &input[len..];
        self.received_len += len;
        if self.received_len == message.size {
            self.received += 1;
            self.received_len = 0;
            self.replying = false;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_message_make_up_its_frame() {
        let message = Message::new(BLOCK_LEN * 2 + 1000, Framing::Plain);
        let mut wire = Vec::new();
        while wire.len() < message.wire_len() {
            wire.extend_from_slice(message.rest(wire.len()));
        }
        let payload: Vec<u8> = message
            .plain
            .iter()
            .cycle()
            .take(message.size)
            .copied()
            .collect();
        let frame = ClientFrame {
            fin: true,
            compressed: false,
            opcode: BINARY,
            key: KEY,
        };
        let mut expected = Vec::new();
        frame.encode(&payload, &mut expected);
        assert!(wire == expected);
    }
}
