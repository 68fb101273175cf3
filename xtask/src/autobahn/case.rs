//! The number of a case, such as 6.4.3, ordered as the suite orders them.

use std::fmt;
use std::str::FromStr;

/// A case's number.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Case(Vec<u16>);

impl Case {
    /// The first part: what the case is about.
    pub(crate) fn section(&self) -> u16 {
        self.0.first().copied().unwrap_or_default()
    }

    /// All parts.
    pub(crate) fn parts(&self) -> &[u16] {
        &self.0
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Result<Vec<u16>, _> = text.split('.').map(str::parse).collect();
        parts
            .map(Self)
            .map_err(|_| format!("not the number of a case: `{text}`"))
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u16::to_string).collect();
        formatter.write_str(&parts.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn case_order_is_numeric() {
        let mut cases: Vec<Case> = ["10.1.1", "2.10", "2.9"]
            .map(|text| text.parse().expect("a case"))
            .to_vec();
        cases.sort();
        let sorted: Vec<String> = cases.iter().map(Case::to_string).collect();
        assert_eq!(sorted, ["2.9", "2.10", "10.1.1"]);
    }

    #[test]
    fn case_text_invalid_is_named() {
        for text in ["", "1.", "6.4.x", "6..1"] {
            let error = text.parse::<Case>().expect_err("no case");
            assert_eq!(error, format!("not the number of a case: `{text}`"));
        }
    }
}
