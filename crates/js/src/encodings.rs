//! Texts as bytes and back, as the Encoding standard has it, for the prelude: all its labels, which
//! are the crate's business, and streams. Owns what a stream left unfinished, which is less than a
//! character: bytes that nobody looked at are kept where the engine counts them. Knows no page.

use std::cell::RefCell;

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding};
use rquickjs::{ArrayBuffer, Ctx, Exception, Function, IntoJs, Object, Value};

use crate::hex;

/// Room for text that is made at once beyond what there are bytes for, in bytes: more than any
/// character takes.
const TEXT_ROOM_LEN: usize = 64;

/// Adds the functions of texts as bytes to the object that the prelude calls.
pub(crate) fn add<'js>(ctx: &Ctx<'js>, object: &Object<'js>) -> rquickjs::Result<()> {
    let encode = |ctx: Ctx<'js>, text: String| ArrayBuffer::new(ctx, text.into_bytes());
    object.set("encode", Function::new(ctx.clone(), encode)?)?;
    let name = |label: String| name(&label);
    object.set("encodingOf", Function::new(ctx.clone(), name)?)?;
    let decode = |ctx: Ctx<'js>, label: String, fatal: bool, keeps_mark: bool, hex: String| {
        let mut stream = Stream::new(&label, fatal, keeps_mark);
        told(&ctx, stream.as_mut(), &hex, true)
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

/// The text of the bytes; or, if it is fatal that they are none, how many were looked at.
fn told<'js>(
    ctx: &Ctx<'js>,
    stream: Option<&mut Stream>,
    hex: &str,
    is_last: bool,
) -> rquickjs::Result<Value<'js>> {
    let wrong = |why| Exception::throw_type(ctx, why);
    let bytes = hex::decode(hex).ok_or_else(|| wrong("these are no bytes"))?;
    let stream = stream.ok_or_else(|| wrong("this is no encoding"))?;
    match stream.decode(&bytes, is_last) {
        Ok(text) => text.into_js(ctx),
        Err(NoText { len }) => len.into_js(ctx),
    }
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
}

/// Bytes that are no text where that is fatal.
#[derive(Debug, Eq, PartialEq)]
struct NoText {
    /// How many were looked at, those included that are wrong.
    len: usize,
}

impl Stream {
    fn new(label: &str, is_fatal: bool, keeps_mark: bool) -> Option<Self> {
        let encoding = Encoding::for_label_no_replacement(label.as_bytes())?;
        let decoder = if keeps_mark {
            encoding.new_decoder_without_bom_handling()
        } else {
            encoding.new_decoder_with_bom_removal()
        };
        Some(Self { decoder, is_fatal })
    }

    /// The text of the next bytes. Behind the last ones there are no others. Whoever goes on behind
    /// a mistake begins with the bytes that were not looked at.
    fn decode(&mut self, bytes: &[u8], is_last: bool) -> Result<String, NoText> {
        let mut left = bytes;
        let mut text = String::new();
        loop {
            text.reserve(left.len() + TEXT_ROOM_LEN);
            let (is_done, read) = if self.is_fatal {
                let decoder = &mut self.decoder;
                let (result, read) =
                    decoder.decode_to_string_without_replacement(left, &mut text, is_last);
                if let DecoderResult::Malformed(..) = result {
                    let len = bytes.len() - left.len() + read;
                    return Err(NoText { len });
                }
                (result == DecoderResult::InputEmpty, read)
            } else {
                let (result, read, _) = self.decoder.decode_to_string(left, &mut text, is_last);
                (result == CoderResult::InputEmpty, read)
            };
            if is_done {
                return Ok(text);
            }
            left = left.get(read..).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(label: &str, bytes: &[u8]) -> Option<String> {
        Stream::new(label, true, false)?.decode(bytes, true).ok()
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
            let expected = stream().decode(bytes, true).unwrap();
            assert!(expected.contains('\u{FFFD}'), "{label}: {expected}");
            assert_eq!(whole(label, bytes), None, "{label}");
            for at in 0..=bytes.len() {
                let (first, second) = bytes.split_at(at);
                let mut stream = stream();
                let mut text = stream.decode(first, false).unwrap();
                text += &stream.decode(second, true).unwrap();
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
        let wrong = NoText { len: 2 };
        assert_eq!(stream.decode(b"a\xFFbc", false), Err(wrong));
        assert_eq!(stream.decode(b"bcd", true).as_deref(), Ok("bcd"));
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
