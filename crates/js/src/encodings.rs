//! Texts as bytes and back, as the Encoding standard has it, for the prelude: all its labels, which
//! are the crate's business, and streams. Owns what a stream left unfinished. Knows no page.

use std::cell::RefCell;
use std::mem;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding};
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, Object, Result};

use crate::hex;

/// Room for text that is made at once beyond what there are bytes for, in bytes: more than any
/// character takes.
const TEXT_ROOM_LEN: usize = 64;

/// Adds the functions of texts as bytes to the object that the prelude calls.
pub(crate) fn add<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> Result<()> {
    let encode = |ctx: Ctx<'js>, text: String| ArrayBuffer::new(ctx, text.into_bytes());
    object.set("encode", Function::new(ctx.clone(), encode)?)?;
    let name = |label: String| name(&label);
    object.set("encodingOf", Function::new(ctx.clone(), name)?)?;
    let decode = |ctx: Ctx<'js>, label: String, fatal: bool, keeps_mark: bool, hex: String| {
        told(
            &ctx,
            Stream::new(&label, fatal, keeps_mark).as_mut(),
            &hex,
            true,
        )
    };
    object.set("decode", Function::new(ctx.clone(), decode)?)?;
    let stream = |ctx: Ctx<'js>, label: String, fatal: bool, keeps_mark: bool| {
        let stream = RefCell::new(Stream::new(&label, fatal, keeps_mark));
        // It goes with its function, which the engine lets go of.
        Function::new(ctx, move |ctx: Ctx<'js>, hex: String, is_last: bool| {
            told(&ctx, stream.borrow_mut().as_mut(), &hex, is_last)
        })
    };
    object.set("decodeStream", Function::new(ctx.clone(), stream)?)
}

/// The text of the bytes, or the exception of a script.
fn told(ctx: &Ctx<'_>, stream: Option<&mut Stream>, hex: &str, is_last: bool) -> Result<String> {
    let wrong = |why| Exception::throw_type(ctx, why);
    let bytes = hex::decode(hex).ok_or_else(|| wrong("these are no bytes"))?;
    let stream = stream.ok_or_else(|| wrong("this is no encoding"))?;
    let text = stream.decode(bytes, is_last);
    text.ok_or_else(|| wrong("the bytes are no text of this encoding"))
}

/// The standard's name of the encoding that `label` means, in lower case, as scripts see it.
fn name(label: &str) -> Option<String> {
    // That of `replacement` is none for scripts.
    let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
    Some(encoding.name().to_ascii_lowercase())
}

/// A text whose bytes come in pieces.
struct Stream {
    decoder: Decoder,
    is_fatal: bool,
    /// What was not looked at yet, as the bytes before it were wrong.
    rest: Vec<u8>,
}

impl Stream {
    fn new(label: &str, is_fatal: bool, keeps_mark: bool) -> Option<Self> {
        let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
        let decoder = if keeps_mark {
            encoding.new_decoder_without_bom_handling()
        } else {
            encoding.new_decoder_with_bom_removal()
        };
        let rest = Vec::new();
        Some(Self {
            decoder,
            is_fatal,
            rest,
        })
    }

    /// The text of the next bytes; `None` if it is fatal that they are none. Behind the last ones
    /// there are no others.
    fn decode(&mut self, bytes: Vec<u8>, is_last: bool) -> Option<String> {
        let mut given = mem::take(&mut self.rest);
        if given.is_empty() {
            given = bytes;
        } else {
            given.extend(bytes);
        }
        let mut left = given.as_slice();
        let mut text = String::new();
        loop {
            text.reserve(left.len() + TEXT_ROOM_LEN);
            let (is_done, read) = if self.is_fatal {
                let decoder = &mut self.decoder;
                let (result, read) =
                    decoder.decode_to_string_without_replacement(left, &mut text, is_last);
                if let DecoderResult::Malformed(..) = result {
                    self.rest = left.get(read..)?.to_vec();
                    return None;
                }
                (result == DecoderResult::InputEmpty, read)
            } else {
                let (result, read, _) = self.decoder.decode_to_string(left, &mut text, is_last);
                (result == CoderResult::InputEmpty, read)
            };
            if is_done {
                return Some(text);
            }
            left = left.get(read..)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(label: &str, bytes: &[u8]) -> Option<String> {
        Stream::new(label, true, false)?.decode(bytes.to_vec(), true)
    }

    /// A script would read other words than were written, or another text for another split.
    #[test]
    fn text_is_the_same_however_it_is_split() {
        let broken = b"a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\xFF\xE2\x82z\xF0\x9F";
        for (label, bytes) in [
            ("utf-8", &broken[..]),
            ("UTF-16", b"\xFF\xFEa\0\x3D\xD8\x00\xDE\x3D\xD8b\0\x3D"),
            ("shift_jis", b"a\x83\x41\xB1\x81\xFFz\x83"),
            ("gb18030", b"\x84\x31\xA4\x37\x81\x30\x81"),
            ("iso-2022-jp", b"\x1B$B$\"\x1B(Ba\x1B$"),
        ] {
            let stream = || Stream::new(label, false, false).unwrap();
            let expected = stream().decode(bytes.to_vec(), true).unwrap();
            assert!(expected.contains('\u{FFFD}'), "{label}: {expected}");
            assert_eq!(whole(label, bytes), None, "{label}");
            for at in 0..=bytes.len() {
                let (first, second) = bytes.split_at(at);
                let mut stream = stream();
                let mut text = stream.decode(first.to_vec(), false).unwrap();
                text += &stream.decode(second.to_vec(), true).unwrap();
                assert_eq!(text, expected, "{label}, split at {at}");
            }
        }
    }

    /// Text that takes more room than its bytes would be cut off.
    #[test]
    fn text_may_be_longer_than_its_bytes() {
        let text = whole("koi8-r", &vec![0xC1; 100_000]).unwrap();
        assert_eq!(
            text.chars().filter(|letter| *letter == 'а').count(),
            100_000
        );
        assert_eq!(whole("windows-1252", b"\x80").as_deref(), Some("€"));
    }

    /// A stream would lose what is behind a mistake, which the standard keeps.
    #[test]
    fn fatal_stream_goes_on_behind_a_mistake() {
        let mut stream = Stream::new("utf-8", true, false).unwrap();
        assert_eq!(stream.decode(b"a\xFFbc".to_vec(), false), None);
        assert_eq!(stream.decode(b"d".to_vec(), true).as_deref(), Some("bcd"));
    }

    /// A script would decode what it cannot name, or be refused what browsers know.
    #[test]
    fn labels_are_those_of_the_standard() {
        for (label, expected) in [
            (" UTF8\n", Some("utf-8")),
            ("latin1", Some("windows-1252")),
            ("unicode", Some("utf-16le")),
            ("logical", Some("iso-8859-8-i")),
            ("iso-2022-kr", None),
            ("replacement", None),
            ("", None),
        ] {
            assert_eq!(name(label).as_deref(), expected, "{label:?}");
        }
    }
}
