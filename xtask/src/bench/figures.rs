//! What the generator says: `key=value` pairs on a line.

/// The figures of one run, in the generator's order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    line: String,
}

impl Figures {
    /// Takes the generator's line as it is.
    pub(crate) fn new(line: &str) -> Self {
        Self {
            line: line.trim().to_owned(),
        }
    }

    /// The line, for the record.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    /// The value of `key`.
    ///
    /// # Errors
    ///
    /// The line has no such number.
    pub(crate) fn number(&self, key: &str) -> Result<f64, String> {
        self.line
            .split_whitespace()
            .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
            .and_then(|value| value.parse().ok())
            .ok_or_else(|| format!("`{}` has no number for {key}", self.line))
    }

    /// The quotient of two values.
    ///
    /// # Errors
    ///
    /// The line lacks one of them.
    pub(crate) fn quotient(&self, dividend: &str, divisor: &str) -> Result<f64, String> {
        Ok(self.number(dividend)? / self.number(divisor)?)
    }
}

#[cfg(test)]
mod tests {
    use super::Figures;

    #[test]
    fn numbers_are_found_by_their_whole_key() {
        let figures = Figures::new("messages=10 server_cpu_ns=50 cpu_ns=7\n");
        assert_eq!(figures.number("cpu_ns"), Ok(7.0));
        assert_eq!(figures.quotient("server_cpu_ns", "messages"), Ok(5.0));
        assert!(
            figures
                .number("ns")
                .unwrap_err()
                .contains("no number for ns")
        );
    }
}
