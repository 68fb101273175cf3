//! Rooms that addresses name. Owns what holds of any: a name is read as it was written, in a path
//! and in a query.

use crate::room;

/// What any text is as the rest of a path and as a query: whether it named a room, or could not be
/// read.
pub(super) fn play(data: &[u8]) -> Result<bool, room::RoomFault> {
    let text = String::from_utf8_lossy(data);
    let query = format!("other=1&room={}", encoded(&text));
    let written = || Ok(Some(Box::from(&*text)));
    assert_eq!(room::named("", Some(&query)), written());
    let twice = format!("{query}&room=second");
    assert_eq!(room::named("", Some(&twice)), Err(room::RoomFault::Several));
    if !text.is_empty() {
        assert_eq!(room::named(&encoded(&text), None), written());
        assert_eq!(
            room::named("x", Some(&query)),
            Err(room::RoomFault::Several)
        );
    }
    let (path, query) = text.split_once('?').unwrap_or((&text, &text));
    let Some(name) = room::named(path, Some(query))? else {
        return Ok(false);
    };
    assert!(name.len() <= text.len(), "{name:?}");
    if !name.is_empty() {
        assert_eq!(room::named(&encoded(&name), None), Ok(Some(name)));
    }
    Ok(true)
}

fn encoded(text: &str) -> String {
    let bytes = text.bytes().map(|byte| format!("%{byte:02x}"));
    bytes.collect::<Vec<_>>().concat()
}
