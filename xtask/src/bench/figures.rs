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

    /// The value of `key`, a number.
    ///
    /// # Errors
    ///
    /// The line has no such number.
    pub(crate) fn number(&self, key: &str) -> Result<f64, String> {
        let value = self.word(key)?;
        value
            .parse()
            .map_err(|_| format!("`{value}` is no number for {key}"))
    }

    /// The value of `key`, whatever it is.
    ///
    /// # Errors
    ///
    /// The line has no such key.
    pub(crate) fn word(&self, key: &str) -> Result<&str, String> {
        self.line
            .split_whitespace()
            .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
            .ok_or_else(|| format!("`{}` does not say {key}", self.line))
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
        let figures = Figures::new("messages=10 server_cpu_ns=50 cpu_ns=7 name=x\n");
        assert_eq!(figures.number("cpu_ns"), Ok(7.0));
        assert_eq!(figures.quotient("server_cpu_ns", "messages"), Ok(5.0));
        assert_eq!(figures.word("name"), Ok("x"));
        let error = figures.number("ns").unwrap_err();
        assert!(error.ends_with("does not say ns"), "{error}");
        let error = figures.number("name").unwrap_err();
        assert_eq!(error, "`x` is no number for name");
    }
}
