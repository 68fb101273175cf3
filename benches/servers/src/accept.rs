//! Accepting connections on tokio's current-thread runtime, and the opening handshake that all
//! peers share, so that none pays for an HTTP library and none is measured with another's. Where
//! TLS is spoken, it comes first.

use std::future::Future;
use std::io::{Error, ErrorKind, Result};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// No request of the generator comes near this.
const REQUEST_LEN_MAX: usize = 4096;

/// What a WebSocket runs over: TCP, with or without TLS.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Send + Unpin + 'static {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Transport for T {}

/// Runs `echo` for every connection, each in its own task, for ever.
///
/// A connection's error ends that connection only: the generator sees it and fails the run.
pub(crate) fn serve<E, F>(listener: std::net::TcpListener, echo: E) -> Result<()>
where
    E: Fn(TcpStream) -> F,
    F: Future<Output = Result<()>> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            // It fails for a client that has left again, which is the task's to notice.
            let _ = stream.set_nodelay(true);
            tokio::spawn(echo(stream));
        }
    })
}

/// The same in TLS.
pub(crate) fn serve_tls<E, F>(
    listener: std::net::TcpListener,
    acceptor: TlsAcceptor,
    echo: E,
) -> Result<()>
where
    E: Fn(Box<TlsStream<TcpStream>>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<()>> + Send + 'static,
{
    serve(listener, move |stream| {
        // In boxes: a task has room for the largest thing that it awaits, and for each place that a
        // stream is moved through, of which TLS is a kilobyte.
        let handshake = Box::pin(acceptor.accept(stream));
        let echo = echo.clone();
        async move { echo(Box::new(handshake.await?)).await }
    })
}

/// Answers the opening handshake, agreeing to `extensions` without looking at the offer: the
/// generator offers exactly what it tells the server to use.
pub(crate) async fn upgrade(stream: &mut impl Transport, extensions: Option<&str>) -> Result<()> {
    let request = read_request(stream).await?;
    let key = header(&request, "sec-websocket-key")
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, "the request has no key"))?;
    let accept = derive_accept_key(key.as_bytes());
    let extensions = extensions
        .map(|value| format!("Sec-WebSocket-Extensions: {value}\r\n"))
        .unwrap_or_default();
    let response = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{extensions}\r\n"
    );
    stream.write_all(response.as_bytes()).await?;
    stream.flush().await
}

/// Reads up to the empty line. The generator sends nothing behind it before it has the answer.
async fn read_request(stream: &mut impl Transport) -> Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > REQUEST_LEN_MAX {
            return Err(Error::new(
                ErrorKind::InvalidData,
                "the request is too long",
            ));
        }
        if stream.read_buf(&mut head).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    String::from_utf8(head).map_err(|error| Error::new(ErrorKind::InvalidData, error))
}

fn header<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    request.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// Any error of a peer's own type as an I/O error, which is what a task here ends with.
pub(crate) fn other(error: impl std::fmt::Display) -> Error {
    Error::other(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_names_match_in_any_case_and_values_are_trimmed() {
        let request = "GET / HTTP/1.1\r\nSEC-websocket-Key:  abc \r\n\r\n";
        assert_eq!(header(request, "sec-websocket-key"), Some("abc"));
        assert_eq!(header(request, "upgrade"), None);
    }
}
