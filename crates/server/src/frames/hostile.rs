//! Any header as it is shown. Owns that showing what was shown changes nothing: a mask stays one.

use super::masking;

/// Checks the header `name` with this value.
pub(crate) fn is_shown_masked(name: &str, value: &str) {
    let shown = masking::header(name, value);
    assert_eq!(masking::header(name, &shown), shown, "{name}: {value}");
    let address = masking::address(value);
    assert_eq!(masking::address(&address), address, "{value}");
}
