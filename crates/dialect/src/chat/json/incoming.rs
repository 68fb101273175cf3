//! What clients say: JSON to messages. Decides nothing; unknown fields are ignored, as MDN's page
//! sends some that we have no use for.

use serde_json::{Map, Value};
use sockeye_hub::{Epoch, Position};

use super::fault::Fault;
use super::surrogates::mended;
use crate::limits::{KEY_LEN_MAX, MESSAGE_LEN_MAX, QUOTE_CHARS_MAX};

/// A message of a client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Incoming {
    /// It wants this name.
    Username(String),
    /// It says something.
    Message {
        text: String,
        /// By which it knows the message again, so that it may send it twice.
        key: Option<Box<str>>,
    },
    /// It saw everything up to here.
    Resume(Position),
}

/// Reads a message.
pub(super) fn read(text: &str) -> Result<Incoming, Fault> {
    let (len, len_max) = (text.len(), MESSAGE_LEN_MAX);
    if len > len_max {
        return Err(Fault::Len { len, len_max });
    }
    let value: Value = serde_json::from_str(&mended(text)).map_err(|error| Fault::Syntax {
        reason: error.to_string(),
        line: error.line(),
        column: error.column(),
    })?;
    let Value::Object(object) = value else {
        return Err(Fault::NoObject {
            found: kind(&value),
        });
    };
    match text_of(&object, "type")? {
        "username" => Ok(Incoming::Username(text_of(&object, "name")?.to_owned())),
        "message" => Ok(Incoming::Message {
            text: text_of(&object, "text")?.to_owned(),
            key: key_of(&object)?,
        }),
        "resume" => position_of(&object).map(Incoming::Resume),
        found => Err(Fault::Type {
            found: found.chars().take(QUOTE_CHARS_MAX).collect(),
        }),
    }
}

fn text_of<'a>(object: &'a Map<String, Value>, field: &'static str) -> Result<&'a str, Fault> {
    let value = object.get(field).ok_or(Fault::Missing { field })?;
    value.as_str().ok_or_else(|| Fault::Kind {
        field,
        expected: "a string",
        found: kind(value),
    })
}

fn key_of(object: &Map<String, Value>) -> Result<Option<Box<str>>, Fault> {
    if !object.contains_key("key") {
        return Ok(None);
    }
    let key = text_of(object, "key")?;
    if key.is_empty() {
        return Err(Fault::NoKey);
    }
    let (len, len_max) = (key.len(), KEY_LEN_MAX);
    if len > len_max {
        return Err(Fault::Key { len, len_max });
    }
    Ok(Some(key.into()))
}

/// An epoch is a string, as numbers of its size are none in JavaScript.
fn position_of(object: &Map<String, Value>) -> Result<Position, Fault> {
    let epoch = text_of(object, "epoch")?;
    let epoch = epoch.parse().map_err(|_| Fault::Kind {
        field: "epoch",
        expected: "a number in a string",
        found: "another string",
    })?;
    let field = "offset";
    let value = object.get(field).ok_or(Fault::Missing { field })?;
    let offset = value.as_u64().ok_or_else(|| Fault::Kind {
        field,
        expected: "a whole number from 0 on",
        found: kind(value),
    })?;
    Ok(Position {
        epoch: Epoch(epoch),
        offset,
    })
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_u64() => "a whole number",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
