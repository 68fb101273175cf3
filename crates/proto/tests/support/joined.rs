//! The data messages in a stream, each joined first and then inflated at once: what chunks have to
//! add up to. Never judges the order of frames; where a connection failed for that, what stands
//! behind means nothing.

use sockeye_proto::deflate::{ContextTakeover, Decompressor, InflateFault};
use sockeye_proto::fault::{Fault, PeerFault};
use sockeye_proto::frame::{FrameHeader, Opcode};
use sockeye_proto::message::MessageKind;

use super::naive;

/// A message, or what there is of the last one.
#[derive(Debug)]
pub(crate) struct Joined {
    pub(crate) kind: MessageKind,
    is_compressed: bool,
    /// As it is in the frames, and then as it is inflated.
    pub(crate) payload: Vec<u8>,
    pub(crate) is_whole: bool,
    /// What is wrong with it, where something is. It is the last one then.
    pub(crate) fault: Option<Fault>,
}

/// The messages in `stream`, up to the first with a fault.
pub(crate) fn messages(stream: &[u8], takeover: ContextTakeover) -> Vec<Joined> {
    let mut decompressor = Decompressor::new(takeover);
    let mut judged = Vec::new();
    for mut message in join(stream) {
        message.fault = message.judge(&mut decompressor).err();
        let is_last = message.fault.is_some();
        judged.push(message);
        if is_last {
            break;
        }
    }
    judged
}

/// The messages before anything is inflated.
fn join(mut stream: &[u8]) -> Vec<Joined> {
    let mut joined: Vec<Joined> = Vec::new();
    while let Ok(Some((header, header_len))) = FrameHeader::decode(stream) {
        let rest = stream.split_at(header_len).1;
        let declared = usize::try_from(header.payload_len).unwrap_or(usize::MAX);
        let (payload, rest) = rest.split_at(declared.min(rest.len()));
        let is_cut = payload.len() < declared;
        stream = rest;
        if header.opcode.is_control() {
            continue;
        }
        if joined.last().is_none_or(|message| message.is_whole) {
            let is_text = header.opcode == Opcode::Text;
            joined.push(Joined {
                kind: [MessageKind::Binary, MessageKind::Text][usize::from(is_text)],
                is_compressed: header.rsv.is_rsv1_only(),
                payload: Vec::new(),
                is_whole: false,
                fault: None,
            });
        }
        let message = joined.last_mut().expect("there is one now");
        let key = header.masking_key.unwrap_or([0; 4]);
        let unmasked = payload.iter().zip(key.iter().cycle());
        message
            .payload
            .extend(unmasked.map(|(byte, key)| byte ^ key));
        message.is_whole = header.fin && !is_cut;
    }
    joined
}

impl Joined {
    /// Inflates it, if it is compressed. What of a text comes before a fault is looked at first.
    fn judge(&mut self, decompressor: &mut Decompressor) -> Result<(), Fault> {
        let mut inflated = Ok(());
        if self.is_compressed {
            let compressed = std::mem::take(&mut self.payload);
            let whole = self.is_whole;
            inflated = decompressor.inflate(&compressed, whole, &mut self.payload, usize::MAX >> 8);
        }
        if self.kind == MessageKind::Text {
            naive::check_text(&self.payload, self.is_whole && inflated.is_ok())?;
        }
        inflated.map_err(|fault| Fault::Peer(PeerFault::Deflate(fault)))
    }
}

/// A fault without the place where a decompressor stood, which depends on how far it reads ahead.
pub(crate) fn without_place(fault: Fault) -> Fault {
    match fault {
        Fault::Peer(PeerFault::Deflate(InflateFault::Corrupt { .. })) => {
            Fault::Peer(PeerFault::Deflate(InflateFault::Corrupt { at: 0 }))
        }
        other => other,
    }
}
