//! The room that an address names: the rest of its path, or `room` in its query. Owns how that is
//! decoded; whether it can be a name is its chat's to say.

use std::fmt;

/// The name of the query's field.
const FIELD: &str = "room";

/// Why an address names no room.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RoomFault {
    /// A percent sign without two hexadecimal digits.
    Escape,
    /// What the escapes stand for is no text.
    Text,
    /// It names several, of which one is meant.
    Several,
}

impl fmt::Display for RoomFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Escape => {
                "the room in this address has a `%` without two hexadecimal digits behind it"
            }
            Self::Text => "the room in this address is not UTF-8",
            Self::Several => "this address names several rooms: its path or one `room` can name it",
        })
    }
}

/// The room of an address whose path goes on with `rest`, and that has this query. `None`: it names
/// none.
///
/// # Errors
/// If it names several, or one that is not UTF-8 in percent-encoding.
pub(crate) fn named(rest: &str, query: Option<&str>) -> Result<Option<Box<str>>, RoomFault> {
    let fields = query.unwrap_or_default().split('&');
    let mut values = fields.filter_map(|field| {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        (name == FIELD).then_some(value)
    });
    let in_query = values.next();
    // Whichever we took, somebody with the same link may sit in the other.
    if values.next().is_some() || (in_query.is_some() && !rest.is_empty()) {
        return Err(RoomFault::Several);
    }
    if !rest.is_empty() {
        return decode(rest, false).map(Some);
    }
    in_query.map(|value| decode(value, true)).transpose()
}

/// Undoes percent-encoding; in queries, forms write a space as a plus sign. Not the library's way
/// with credentials, which is the URL standard's: that keeps what is no escape, where here two
/// addresses would be one room, and knows no plus sign.
fn decode(text: &str, is_form: bool) -> Result<Box<str>, RoomFault> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next(), bytes.next()];
                let [Some(high), Some(low)] = digits.map(|digit| hex(digit?)) else {
                    return Err(RoomFault::Escape);
                };
                high << 4 | low
            }
            b'+' if is_form => b' ',
            byte => byte,
        });
    }
    let text = String::from_utf8(decoded).map_err(|_| RoomFault::Text)?;
    Ok(text.into_boxed_str())
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(rest: &str, query: &str) -> Result<Option<String>, RoomFault> {
        named(rest, Some(query)).map(|room| room.map(String::from))
    }

    /// If this fails, people who follow the same link sit in different rooms.
    #[test]
    fn room_is_the_rest_of_the_path_or_a_field_of_the_query() {
        let is = |room: &str| Ok(Some(room.to_owned()));
        assert_eq!(room("tea", "x=other"), is("tea"));
        assert_eq!(room("a%2Fb+c", ""), is("a/b+c"));
        assert_eq!(room("", "x=1&room=a+b%20c"), is("a b c"));
        assert_eq!(room("%D0%BA%d1%83%D1%85%D0%BD%D1%8F", ""), is("кухня"));
        assert_eq!(room("", "room"), is(""));
        assert_eq!(room("", "rooms=1&broom=2"), Ok(None));
        assert_eq!(named("", None), Ok(None));
    }

    /// If this fails, an address that nobody can read becomes a room that nobody can find.
    #[test]
    fn what_is_no_text_is_no_room() {
        for wrong in ["%", "%4", "%zz", "a%+1"] {
            assert_eq!(room(wrong, ""), Err(RoomFault::Escape), "{wrong}");
        }
        for wrong in ["%ff", "%D0"] {
            assert_eq!(room(wrong, ""), Err(RoomFault::Text), "{wrong}");
        }
        for (rest, query) in [
            ("x", "room=y"),
            ("x", "room=x"),
            ("", "room=a&room=b"),
            ("x", "room"),
        ] {
            assert_eq!(room(rest, query), Err(RoomFault::Several), "{rest} {query}");
        }
    }
}
