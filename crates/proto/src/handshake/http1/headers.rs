//! Owned header fields: one block of text and ranges into it.

use core::fmt;
use core::ops::Range;

use crate::handshake::tokens;

/// The header fields of one head, in the order in which they came.
///
/// Names compare without regard to ASCII case; values are bytes, as HTTP lets them be any.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Headers {
    /// The whole head as received; one allocation for all names and values.
    text: Vec<u8>,
    /// Invariant: every range lies within `text`, and every name is a token.
    fields: Vec<FieldRange>,
}

/// Where in the text one field's name and value are.
#[derive(Clone, Debug, Eq, PartialEq)]
struct FieldRange {
    name: Range<usize>,
    value: Range<usize>,
}

impl Headers {
    /// How many header lines there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no header line at all.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All lines as name and value, in order; values without surrounding spaces.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.fields
            .iter()
            .map(|field| (self.name(field), self.value(field)))
    }

    /// The values of all lines named `name`, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(|field| self.is_named(field, name))
            .map(|field| self.value(field))
    }

    /// The value of the first line named `name`.
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.fields
            .iter()
            .find(|field| self.is_named(field, name))
            .map(|field| self.value(field))
    }

    /// The elements of the comma-separated list that all lines named `name` form together.
    pub fn list<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.all(name).flat_map(tokens::list_elements)
    }

    /// The head as received, with all its lines.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Takes over `text`, and the fields that [`httparse`] found `offsets` of.
    pub(super) fn new(text: Vec<u8>, ranges: Vec<(Range<usize>, Range<usize>)>) -> Self {
        let fields = ranges
            .into_iter()
            .map(|(name, value)| FieldRange { name, value })
            .collect();
        Self { text, fields }
    }

    fn name(&self, field: &FieldRange) -> &str {
        let name = self.text.get(field.name.clone()).unwrap_or_default();
        core::str::from_utf8(name).unwrap_or_default()
    }

    /// Compares bytes: a handshake asks for a dozen names, each of every field.
    fn is_named(&self, field: &FieldRange, name: &str) -> bool {
        let bytes = self.text.get(field.name.clone()).unwrap_or_default();
        bytes.eq_ignore_ascii_case(name.as_bytes())
    }

    fn value(&self, field: &FieldRange) -> &[u8] {
        self.text.get(field.value.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self
            .iter()
            .map(|(name, value)| (name, value.escape_ascii().to_string()));
        f.debug_map().entries(fields).finish()
    }
}
