//! Accepting connections without ever giving up. Owns what is done when the system refuses one, and
//! that each has its room.

use std::io;

use sockeye::is_of_one_connection;
use tokio::time::timeout;

use crate::complaint::Complaint;
use crate::limits::ACCEPT_PAUSE;
use crate::listener::Listener;
use crate::slots::{Opening, Slots};
use crate::socket::Arrival;

/// Where connections come in.
#[derive(Debug)]
pub struct Door {
    listener: Listener,
    slots: Slots,
    report: fn(&io::Error),
    complaint: Complaint,
}

impl Door {
    /// Lets connections in as long as there is room in `slots`, and says what goes wrong to
    /// `report`.
    pub fn new(listener: Listener, slots: Slots, report: fn(&io::Error)) -> Self {
        Self {
            listener,
            slots,
            report,
            complaint: Complaint::default(),
        }
    }

    /// The next connection, and its room.
    ///
    /// A connection that broke while it waited is passed over. What else can go wrong concerns the
    /// whole process, most often that it has no file descriptor left: that is reported, though not
    /// again within [`REPORT_PAUSE`](crate::limits::REPORT_PAUSE), and the oldest opening is given
    /// up for it. It is tried again when one of our connections ended, or after
    /// [`ACCEPT_PAUSE`]. Trying at once would spin, as the connection stays where it is.
    ///
    /// # Cancel safety
    /// A dropped future may close a connection that it accepted and for which there is no room.
    pub async fn next(&mut self) -> (Arrival, Opening) {
        let arrival = self.accept().await;
        // Only now, as nobody has to make room for a connection that does not come.
        (arrival, self.slots.take().await)
    }

    async fn accept(&mut self) -> Arrival {
        loop {
            match self.listener.accept().await {
                Ok(arrival) => return arrival,
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    if self.complaint.is_due() {
                        (self.report)(&error);
                    }
                    self.slots.give_up_oldest();
                    // Whether a connection ended or the pause did, the next step is the same.
                    let _ = timeout(ACCEPT_PAUSE, self.slots.ended()).await;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// If this fails, a server without free descriptors spins, or pauses for each client that left
    /// too early.
    #[test]
    fn accept_error_of_the_process_is_not_one_of_a_connection() {
        let process = io::Error::from_raw_os_error(24);
        assert!(!is_of_one_connection(&process), "{process}");
        assert!(is_of_one_connection(
            &io::ErrorKind::ConnectionAborted.into()
        ));
    }
}
