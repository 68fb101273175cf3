//! Complaints about trouble that may come in floods. Owns that each is said at most once in a
//! pause; what is said is the business of whoever has it.

use tokio::time::Instant;

use crate::limits::REPORT_PAUSE;

/// One kind of trouble.
#[derive(Debug, Default)]
pub(crate) struct Complaint {
    said_at: Option<Instant>,
}

impl Complaint {
    /// Whether it is time to say it, which then counts as said.
    pub(crate) fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let is_due = self
            .said_at
            .is_none_or(|said_at| now.duration_since(said_at) >= REPORT_PAUSE);
        if is_due {
            self.said_at = Some(now);
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::advance;

    use super::*;

    /// If this fails, a flood of trouble fills the log, or trouble that lasts is told only once.
    #[tokio::test(start_paused = true)]
    async fn trouble_is_told_at_once_and_then_once_in_a_pause() {
        let mut complaint = Complaint::default();
        assert!(complaint.is_due() && !complaint.is_due());
        advance(REPORT_PAUSE.saturating_sub(Duration::from_millis(1))).await;
        assert!(!complaint.is_due());
        advance(Duration::from_millis(1)).await;
        assert!(complaint.is_due() && !complaint.is_due());
    }
}
