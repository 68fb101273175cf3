//! Accepting connections without ever giving up. Owns what is done when the system refuses one.

use std::io;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::limits::ACCEPT_PAUSE;

/// The next connection.
///
/// A connection that broke while it waited is passed over. What else can go wrong concerns the
/// whole process, most often that it has no file descriptor left: that is reported once in a row,
/// and tried again when `ended` says that one of our connections ended, or after [`ACCEPT_PAUSE`].
/// Trying at once would spin, as the connection stays where it is.
///
/// # Cancel safety
/// Safe: a connection is taken only by the poll that hands it out.
pub async fn accept(
    listener: &TcpListener,
    ended: &Notify,
    report: impl Fn(&io::Error),
) -> TcpStream {
    let mut is_reported = false;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                if !is_reported {
                    report(&error);
                    is_reported = true;
                }
                // Whether a connection ended or the pause did, the next step is the same.
                let _ = timeout(ACCEPT_PAUSE, ended.notified()).await;
            }
        }
    }
}

/// Whether the error came with a connection, and left the queue with it (accept(2)).
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_error_of_the_process_is_not_one_of_a_connection() {
        let process = io::Error::from_raw_os_error(24);
        assert!(!is_of_one_connection(&process), "{process}");
        assert!(is_of_one_connection(
            &io::ErrorKind::ConnectionAborted.into()
        ));
    }
}
