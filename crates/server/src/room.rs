//! The room that an address names: the rest of its path, or `room` in its query. Owns how that is
//! decoded; whether it can be a name is its chat's to say.

/// The name of the query's field.
const FIELD: &str = "room";

/// What names no room, as it is no text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Unreadable;

/// The room of an address whose path goes on with `rest`, and that has this query. `None`: it names
/// none.
///
/// # Errors
/// If it is not UTF-8 in percent-encoding.
pub(crate) fn named(rest: &str, query: Option<&str>) -> Result<Option<Box<str>>, Unreadable> {
    if !rest.is_empty() {
        return decode(rest, false).map(Some);
    }
    let fields = query.unwrap_or_default().split('&');
    let mut values = fields.filter_map(|field| {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        (name == FIELD).then_some(value)
    });
    values.next().map(|value| decode(value, true)).transpose()
}

/// Undoes percent-encoding; in queries, forms write a space as a plus sign.
fn decode(text: &str, is_form: bool) -> Result<Box<str>, Unreadable> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next(), bytes.next()];
                let [Some(high), Some(low)] = digits.map(|digit| hex(digit?)) else {
                    return Err(Unreadable);
                };
                high << 4 | low
            }
            b'+' if is_form => b' ',
            byte => byte,
        });
    }
    let text = String::from_utf8(decoded).map_err(|_| Unreadable)?;
    Ok(text.into_boxed_str())
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(rest: &str, query: &str) -> Result<Option<String>, Unreadable> {
        named(rest, Some(query)).map(|room| room.map(String::from))
    }

    /// If this fails, people who follow the same link sit in different rooms.
    #[test]
    fn room_is_the_rest_of_the_path_or_a_field_of_the_query() {
        let is = |room: &str| Ok(Some(room.to_owned()));
        assert_eq!(room("tea", "room=other"), is("tea"));
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
        for wrong in ["%", "%4", "%zz", "%ff", "%D0", "a%+1"] {
            assert_eq!(room(wrong, ""), Err(Unreadable), "{wrong}");
        }
    }
}
