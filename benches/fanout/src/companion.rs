//! A program beside the bench that does what it is asked, a line for a line. Owns its process: it
//! ends with us. Nothing of what it does is in the time that is measured here.

use std::io;
use std::net::Ipv4Addr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// So long it may take to start.
const START_LIMIT: Duration = Duration::from_secs(30);

/// So long it may take to answer: to a question that has it open thousands of connections, too.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);

/// A running one.
#[derive(Debug)]
pub struct Companion {
    process: Child,
    control: BufStream<TcpStream>,
}

impl Companion {
    /// Starts `command`, with one more word: the address to which it has to connect, and where it
    /// is asked.
    ///
    /// # Errors
    /// If it cannot be started or does not connect in time.
    pub async fn start(command: &mut Command) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        command.arg(listener.local_addr()?.to_string());
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let (control, _) = timeout(START_LIMIT, listener.accept()).await??;
        control.set_nodelay(true)?;
        Ok(Self {
            process,
            control: BufStream::new(control),
        })
    }

    /// Asks a line and waits for the answer's.
    ///
    /// # Errors
    /// If it has ended or does not answer in time.
    pub async fn ask(&mut self, question: &str) -> io::Result<String> {
        let asked = async {
            self.control.write_all(question.as_bytes()).await?;
            self.control.write_all(b"\n").await?;
            self.control.flush().await?;
            let mut answer = String::new();
            match self.control.read_line(&mut answer).await? {
                0 => Err(io::ErrorKind::UnexpectedEof.into()),
                _ => Ok(answer.trim_end().to_owned()),
            }
        };
        timeout(ANSWER_LIMIT, asked).await?
    }
}

impl Drop for Companion {
    fn drop(&mut self) {
        // Both fail only for a program that has ended and been waited for already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
