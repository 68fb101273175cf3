//! permessage-deflate on one connection (RFC 7692 §6, §7.2): which message goes out compressed, and
//! what inflates one that came so. Owns the connection's own contexts where takeover was agreed;
//! without it the thread's codecs serve. Never negotiates.
//!
//! With takeover a message is inflated as it comes, and so is what is wrong with it found. Without,
//! the thread's decompressor takes it once it is whole: a bad byte in a message of several frames
//! shows at the last one.

use std::borrow::Cow;
use std::sync::Arc;

use super::assembly::Assembly;
use crate::deflate::{
    Compressor, CompressorConfig, ContextBudget, ContextPermit, ContextTakeover, Decompressor,
    Encoding, InflateFault, SharedCodecs,
};
use crate::fault::{Fault, Limit, PeerFault};
use crate::handshake::DeflateAgreed;
use crate::limits::{
    CHUNK_INPUT_LEN, CHUNK_LEN_MAX, DEFLATE_LEN_MIN, DEFLATE_LEVEL, DEFLATE_OVERHEAD_SHIFT,
    DEFLATE_WINDOW_LEN,
};
use crate::role::Role;

/// What the peer's context takes from the heap, in bytes.
const THEIR_CONTEXT_BYTES: usize = Decompressor::HEAP_BYTES + DEFLATE_WINDOW_LEN;

/// How a side compresses, where the peer leaves it the choice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DeflateConfig {
    /// Compression level, 0 (none) to 9 (smallest); values above 9 count as 9. Default
    /// [`DEFLATE_LEVEL`].
    pub level: u8,
    /// Shortest message that is compressed, in bytes. Default [`DEFLATE_LEN_MIN`].
    pub len_min: usize,
}

impl Default for DeflateConfig {
    fn default() -> Self {
        Self {
            level: DEFLATE_LEVEL,
            len_min: DEFLATE_LEN_MIN,
        }
    }
}

impl DeflateConfig {
    /// What the contexts of one connection take from the heap once both are in use, in bytes: 0
    /// where `agreed` has no takeover, up to 224 KB where it has.
    #[must_use]
    pub fn context_bytes(&self, role: Role, agreed: DeflateAgreed) -> usize {
        let (ours, theirs) = sides(role, agreed);
        let compressor = match ours.takeover {
            ContextTakeover::Yes => self.compressor(ours.bits).heap_bytes(),
            ContextTakeover::No => 0,
        };
        let decompressor = match theirs.takeover {
            ContextTakeover::Yes => THEIR_CONTEXT_BYTES,
            ContextTakeover::No => 0,
        };
        compressor + decompressor
    }

    fn compressor(&self, bits: u8) -> CompressorConfig {
        // RFC 7692 §7.2.2-6 MUST: whatever the offer hinted at.
        // RFC 7692 §7.2.1-6 §7.2.1-7 MUST NOT: the window is the agreed one. Negotiation agrees to
        // 9 to 15 bits for our own compressor.
        CompressorConfig::new(self.level.min(9), bits.clamp(9, 15))
            .expect("level and window are within their ranges")
    }
}

/// What was agreed for one side's messages.
#[derive(Clone, Copy, Debug)]
struct Side {
    takeover: ContextTakeover,
    bits: u8,
}

/// Our side and the peer's.
fn sides(role: Role, agreed: DeflateAgreed) -> (Side, Side) {
    let client = Side {
        takeover: takeover(agreed.client_no_context_takeover),
        bits: agreed.client_max_window_bits,
    };
    let server = Side {
        takeover: takeover(agreed.server_no_context_takeover),
        bits: agreed.server_max_window_bits,
    };
    match role {
        Role::Client => (client, server),
        Role::Server => (server, client),
    }
}

/// The extension in use on one connection. Small, because it has its place in every connection.
#[derive(Debug)]
pub(super) struct Deflate {
    compressor: CompressorConfig,
    /// Whether our messages refer to earlier ones.
    our_takeover: ContextTakeover,
    /// Whether the peer's do.
    their_takeover: ContextTakeover,
    /// In a box, since without takeover an idle connection has nothing to keep.
    kept: Option<Box<Kept>>,
}

/// What a connection keeps from one call to the next.
#[derive(Debug, Default)]
struct Kept {
    /// Our context; made with the first message that needs it.
    ours: Option<Box<Compressor>>,
    /// The peer's context; likewise.
    theirs: Option<Box<Decompressor>>,
    /// Compressed payload so far of a message that the thread's decompressor will inflate, which
    /// takes whole messages only.
    gathered: Vec<u8>,
    /// Of these so many were inflated already. Only a message in chunks has some.
    inflated_len: usize,
    /// Leave to keep the contexts.
    permit: Option<ContextPermit>,
    /// Leave to keep `theirs` while a message comes in chunks, where takeover needs none.
    chunks_permit: Option<ContextPermit>,
}

/// Whether what came of a message was inflated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Inflated {
    /// All of it, or it was kept until the message is whole.
    Taken,
    /// It is longer than it may be. What was not inflated is kept, so that
    /// [`inflate_chunk`](Deflate::inflate_chunk) can go on, where that is wanted.
    Oversize,
}

impl Deflate {
    pub(super) fn new(
        role: Role,
        agreed: DeflateAgreed,
        config: DeflateConfig,
        permit: Option<ContextPermit>,
    ) -> Self {
        let (ours, theirs) = sides(role, agreed);
        Self {
            compressor: config.compressor(ours.bits),
            our_takeover: ours.takeover,
            their_takeover: theirs.takeover,
            kept: permit.map(|permit| {
                Box::new(Kept {
                    permit: Some(permit),
                    ..Kept::default()
                })
            }),
        }
    }

    /// What our messages are compressed with.
    pub(super) fn compressor(&self) -> CompressorConfig {
        self.compressor
    }

    /// Empties our context: the next message refers to none before it.
    pub(super) fn forget(&mut self) {
        if let Some(ours) = self.kept.as_mut().and_then(|kept| kept.ours.as_mut()) {
            ours.reset();
        }
    }

    /// Whether our messages refer to earlier ones.
    pub(super) fn our_takeover(&self) -> ContextTakeover {
        self.our_takeover
    }

    /// Appends the next fragment of a message to `out`, compressed; `last` ends the message.
    pub(super) fn compress_part(
        &mut self,
        part: &[u8],
        last: bool,
        codecs: &mut SharedCodecs,
        out: &mut Vec<u8>,
    ) {
        self.our_compressor(codecs).compress_part(part, last, out);
    }

    /// Appends `payload` to `out`, compressed; or nothing, where that would not make it shorter.
    pub(super) fn compress(
        &mut self,
        payload: &[u8],
        codecs: &mut SharedCodecs,
        out: &mut Vec<u8>,
    ) -> Encoding {
        self.our_compressor(codecs).compress(payload, out)
    }

    /// The thread's compressor, or with takeover our own.
    fn our_compressor<'a>(&'a mut self, codecs: &'a mut SharedCodecs) -> &'a mut Compressor {
        let config = self.compressor;
        match self.our_takeover {
            ContextTakeover::No => codecs.compressor(config),
            ContextTakeover::Yes => self
                .kept
                .get_or_insert_default()
                .ours
                .get_or_insert_with(|| Box::new(Compressor::new(config, ContextTakeover::Yes))),
        }
    }

    /// Takes the next compressed bytes of `message`; `last` says that it ends with them.
    ///
    /// What it inflates to never exceeds `max` bytes by more than one, and is checked as it comes.
    pub(super) fn inflate(
        &mut self,
        chunk: &[u8],
        last: bool,
        message: &mut Assembly,
        max: usize,
        codecs: &mut SharedCodecs,
    ) -> Result<Inflated, Fault> {
        if self.their_takeover == ContextTakeover::Yes {
            return self.inflate_on(chunk, last, message, max);
        }
        let gathered_len = self.kept.as_ref().map_or(0, |kept| kept.gathered.len());
        if gathered_len + chunk.len() > gathered_len_max(max) {
            return Ok(self.keep_oversize(Cow::Borrowed(chunk), message));
        }
        if last && gathered_len == 0 {
            return self.inflate_whole(Cow::Borrowed(chunk), message, max, codecs);
        }
        let kept = self.kept.get_or_insert_default();
        kept.gathered.extend_from_slice(chunk);
        if !last {
            return Ok(Inflated::Taken);
        }
        let gathered = std::mem::take(&mut kept.gathered);
        self.kept.take_if(|kept| kept.is_unused());
        self.inflate_whole(Cow::Owned(gathered), message, max, codecs)
    }

    /// The next bytes of a message in the peer's context.
    fn inflate_on(
        &mut self,
        chunk: &[u8],
        last: bool,
        message: &mut Assembly,
        max: usize,
    ) -> Result<Inflated, Fault> {
        let kept = self.kept.get_or_insert_default();
        let theirs = kept
            .theirs
            .get_or_insert_with(|| Box::new(Decompressor::new(ContextTakeover::Yes)));
        let checked = message.bytes.len();
        // One byte more than it may have shows that it has more.
        let room = max.saturating_sub(checked).saturating_add(1);
        let inflated = theirs.inflate_some(chunk, &mut message.bytes, room);
        // Text that was inflated before a fault comes first in the message, and so does its fault:
        // else it would depend on how the message is cut.
        message.check_from(checked)?;
        let (taken, is_full) = inflated.map_err(as_fault)?;
        // Where a final block ends with that byte, there was room for all.
        if is_full || message.bytes.len() > max {
            kept.gathered = chunk.get(taken..).unwrap_or_default().to_vec();
            message.is_held = true;
            return Ok(Inflated::Oversize);
        }
        if last {
            theirs.end_message().map_err(as_fault)?;
        }
        Ok(Inflated::Taken)
    }

    /// A message of which all is here, with the thread's decompressor.
    fn inflate_whole(
        &mut self,
        payload: Cow<'_, [u8]>,
        message: &mut Assembly,
        max: usize,
        codecs: &mut SharedCodecs,
    ) -> Result<Inflated, Fault> {
        let theirs = codecs.decompressor();
        let inflated = theirs.inflate(&payload, true, &mut message.bytes, max);
        message.check_from(0)?;
        match inflated {
            Ok(()) => Ok(Inflated::Taken),
            Err(InflateFault::TooLarge { .. }) => Ok(self.keep_oversize(payload, message)),
            Err(fault) => Err(as_fault(fault)),
        }
    }

    /// Keeps what came of a message that is too long and of which nothing was inflated to stay.
    #[cold]
    fn keep_oversize(&mut self, payload: Cow<'_, [u8]>, message: &mut Assembly) -> Inflated {
        let kept = self.kept.get_or_insert_default();
        if kept.gathered.is_empty() {
            kept.gathered = payload.into_owned();
        } else {
            kept.gathered.extend_from_slice(&payload);
        }
        message.start_again();
        Inflated::Oversize
    }

    /// Inflates `chunk`, the next compressed bytes of a message that comes in chunks, behind those
    /// that wait. Answers whether its chunk is full, so that some may wait now.
    ///
    /// Without takeover too this needs a context of the connection's own, as long as the message
    /// takes to come: it is paid from `budget`.
    pub(super) fn inflate_chunk(
        &mut self,
        chunk: &[u8],
        message: &mut Assembly,
        budget: &Arc<ContextBudget>,
    ) -> Result<bool, Fault> {
        let takeover = self.their_takeover;
        let kept = self.kept.get_or_insert_default();
        let theirs = match &mut kept.theirs {
            Some(theirs) => theirs,
            none => {
                if takeover == ContextTakeover::No {
                    kept.chunks_permit = Some(permit_for_chunks(budget)?);
                }
                none.insert(Box::new(Decompressor::new(takeover)))
            }
        };
        kept.gathered.extend_from_slice(chunk);
        let waiting = kept.gathered.get(kept.inflated_len..).unwrap_or_default();
        let checked = message.bytes.len();
        let room = CHUNK_LEN_MAX.saturating_sub(checked);
        let inflated = theirs.inflate_some(waiting, &mut message.bytes, room);
        message.check_from(checked)?;
        let (taken, is_full) = inflated.map_err(as_fault)?;
        kept.inflated_len += taken;
        if kept.inflated_len == kept.gathered.len() {
            kept.inflated_len = 0;
            kept.gathered.clear();
            kept.gathered.shrink_to(CHUNK_INPUT_LEN);
        }
        Ok(is_full)
    }

    /// Ends a message of which all was inflated in chunks.
    pub(super) fn finish_chunks(&mut self) -> Result<(), Fault> {
        let Some(kept) = &mut self.kept else {
            return Ok(());
        };
        let ended = kept.theirs.as_mut().map_or(Ok(()), |one| one.end_message());
        kept.gathered = Vec::new();
        if self.their_takeover == ContextTakeover::No {
            kept.theirs = None;
            kept.chunks_permit = None;
        }
        self.kept.take_if(|kept| kept.is_unused());
        ended.map_err(as_fault)
    }

    /// Nothing more is received: what only receiving needs is given back.
    pub(super) fn stop_receiving(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.gathered = Vec::new();
            kept.theirs = None;
            kept.chunks_permit = None;
        }
        self.kept.take_if(|kept| kept.is_unused());
    }
}

impl Kept {
    /// Whether nothing would be forgotten with it.
    fn is_unused(&self) -> bool {
        self.ours.is_none()
            && self.theirs.is_none()
            && self.gathered.is_empty()
            && self.permit.is_none()
            && self.chunks_permit.is_none()
    }
}

/// So many bytes may be kept until a message is whole. Compressed it may be a little longer than
/// the longest message, if its sender found nothing to compress.
fn gathered_len_max(max: usize) -> usize {
    let overhead = (max >> DEFLATE_OVERHEAD_SHIFT).saturating_add(1024);
    max.saturating_add(overhead)
}

/// Leave to keep a context for a message that comes in chunks.
fn permit_for_chunks(budget: &Arc<ContextBudget>) -> Result<ContextPermit, Fault> {
    let permit = budget.try_reserve(THEIR_CONTEXT_BYTES);
    let max = budget.max_bytes();
    permit.ok_or(Fault::Limit(Limit::Contexts { max }))
}

fn takeover(is_forbidden: bool) -> ContextTakeover {
    if is_forbidden {
        ContextTakeover::No
    } else {
        ContextTakeover::Yes
    }
}

/// What the peer did wrong. Being longer than it may is no such thing, and told apart before.
fn as_fault(fault: InflateFault) -> Fault {
    Fault::Peer(PeerFault::Deflate(fault))
}
