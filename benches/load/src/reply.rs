//! Reading replies, and the proof that the server does the work it is measured for: every header
//! and length is checked, the first reply of each connection and every reply of the witness
//! connection byte for byte, the others by their first bytes.

use crate::deflate::{Inflater, Takeover};
use crate::options::Framing;
use crate::script::Script;
use bench_wire::frame::{CLOSE, HeaderReader, ServerHeader};

/// The leading bytes that every reply is compared by.
const GLANCE_LEN: usize = 16;

/// Opcodes from here on are control frames (RFC 6455 §5.5).
const CONTROL: u8 = 8;

/// Which replies of a connection are compared to the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scrutiny {
    /// All of them.
    All,
    /// The first of each script.
    First,
}

/// A reply whose header has been read.
#[derive(Debug)]
struct Reply {
    header: ServerHeader,
    /// How much of its payload was read. Invariant: at most the header's length.
    read: usize,
    compared: bool,
}

/// The replies of one connection.
#[derive(Debug)]
pub(crate) struct ReplyReader {
    scrutiny: Scrutiny,
    header: HeaderReader,
    reply: Option<Reply>,
    /// The message that is answered next.
    expected: usize,
    /// Whether the next reply is the script's first.
    first: bool,
    /// Exists while replies that depend on earlier ones are to be compared.
    inflater: Option<Inflater>,
    /// The compressed payload of the current reply.
    compressed: Vec<u8>,
}

impl ReplyReader {
    pub(crate) fn new(scrutiny: Scrutiny) -> Self {
        Self {
            scrutiny,
            header: HeaderReader::default(),
            reply: None,
            expected: 0,
            first: true,
            inflater: None,
            compressed: Vec::new(),
        }
    }

    /// Expects the replies to a script from its beginning. Invariant: none is outstanding.
    pub(crate) fn restart(&mut self) {
        self.expected = 0;
        self.first = true;
    }

    /// Reads `input` and returns how many replies it completed, adding the bytes of their payloads
    /// on the wire to `wire_bytes`.
    ///
    /// # Errors
    ///
    /// How a reply differs from the echo of its message.
    pub(crate) fn read(
        &mut self,
        script: &Script,
        input: &[u8],
        wire_bytes: &mut u64,
    ) -> Result<usize, String> {
        let mut input = input;
        let mut completed = 0;
        while let Some(mut reply) = self.next_reply(script, &mut input)? {
            let len = (reply.header.payload_len - reply.read).min(input.len());
            let (part, rest) = input.split_at(len);
            input = rest;
            self.compare(script, &reply, part)?;
            reply.read += len;
            if reply.read < reply.header.payload_len {
                self.reply = Some(reply);
                break;
            }
            if reply.header.opcode < CONTROL {
                self.finish(script, &reply)?;
                *wire_bytes += reply.header.payload_len as u64;
                completed += 1;
            }
        }
        Ok(completed)
    }

    /// The reply that was begun, or the one that begins in `input`.
    fn next_reply(&mut self, script: &Script, input: &mut &[u8]) -> Result<Option<Reply>, String> {
        if self.reply.is_some() {
            return Ok(self.reply.take());
        }
        let header = match script.framing {
            Framing::Raw if input.is_empty() => None,
            Framing::Raw => Some(ServerHeader {
                opcode: script.opcode,
                compressed: false,
                payload_len: script.payloads[self.expected].len(),
            }),
            Framing::Deflate(_) | Framing::Plain => self.header.take(input)?,
        };
        let Some(header) = header else {
            return Ok(None);
        };
        self.check_header(script, header)?;
        let compared = self.scrutiny == Scrutiny::All || self.first;
        Ok(Some(Reply {
            header,
            read: 0,
            compared,
        }))
    }

    fn check_header(&self, script: &Script, header: ServerHeader) -> Result<(), String> {
        let ServerHeader {
            opcode,
            compressed,
            payload_len,
        } = header;
        let len = script.payloads[self.expected].len();
        if opcode == CLOSE {
            return Err("the server closed the connection".to_owned());
        }
        // No round lasts long enough for a server to insist on an answer to its pings.
        if opcode > CLOSE && !compressed {
            return Ok(());
        }
        if opcode != script.opcode {
            return Err(format!(
                "a reply has opcode {opcode}, not {}",
                script.opcode
            ));
        }
        if compressed && !matches!(script.framing, Framing::Deflate(_)) {
            return Err("a reply has RSV1 set, and nothing was negotiated".to_owned());
        }
        if !compressed && payload_len != len {
            return Err(format!(
                "a reply of {payload_len} bytes answers a message of {len}"
            ));
        }
        Ok(())
    }

    /// Compares a piece of the current reply, or keeps it until it can be inflated.
    fn compare(&mut self, script: &Script, reply: &Reply, part: &[u8]) -> Result<(), String> {
        if reply.header.opcode >= CONTROL {
            return Ok(());
        }
        if reply.header.compressed {
            if reply.compared {
                self.compressed.extend_from_slice(part);
            }
            return Ok(());
        }
        let expected = &script.payloads[self.expected][reply.read..];
        let len = match (reply.compared, reply.read) {
            (true, _) => part.len(),
            (false, 0) => part.len().min(GLANCE_LEN),
            (false, _) => 0,
        };
        if part[..len] == expected[..len] {
            Ok(())
        } else {
            Err(format!("reply {} differs from its message", self.expected))
        }
    }

    fn finish(&mut self, script: &Script, reply: &Reply) -> Result<(), String> {
        if reply.compared
            && reply.header.compressed
            && let Framing::Deflate(takeover) = script.framing
        {
            self.inflate(takeover, &script.payloads[self.expected])?;
        }
        self.first = false;
        self.expected = script.after(self.expected);
        Ok(())
    }

    fn inflate(&mut self, takeover: Takeover, expected: &[u8]) -> Result<(), String> {
        let inflater = self.inflater.get_or_insert_with(|| Inflater::new(takeover));
        let inflated = inflater.inflate(&mut self.compressed, expected.len())?;
        if self.scrutiny == Scrutiny::First {
            // Ten thousand idle windows would be the generator's memory, not the server's.
            self.inflater = None;
            self.compressed = Vec::new();
        }
        self.compressed.clear();
        if inflated == expected {
            Ok(())
        } else {
            Err(format!(
                "reply {} inflates to something else",
                self.expected
            ))
        }
    }
}
