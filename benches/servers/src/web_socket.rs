//! web-socket 0.7. It reads field by field, so it stands on a `BufReader`, and writes frame by
//! frame, so that stands on a [`Cork`]. It hands out fragments and checks no UTF-8; both are made
//! up for here, with the same validator as the other peers use.

use std::io::{Error, ErrorKind, Result};

use tokio::io::BufReader;
use tokio::net::TcpStream;
use web_socket::{DataType, Event, Frame, MessageType, Stream, WebSocket};

use crate::accept::{other, upgrade};
use crate::cork::Cork;
use crate::options::MESSAGE_LEN_MAX;

/// Takes a batch of small messages in one read; larger payloads bypass it.
const READ_BUFFER_LEN: usize = 16 * 1024;

pub(crate) async fn echo(mut stream: TcpStream) -> Result<()> {
    upgrade(&mut stream, None).await?;
    let stream = BufReader::with_capacity(READ_BUFFER_LEN, Cork::new(stream));
    let mut socket = WebSocket::server(stream);
    socket.max_payload_len = MESSAGE_LEN_MAX;
    let mut fragments = Vec::new();
    loop {
        match socket.recv().await? {
            Event::Data {
                ty: DataType::Complete(kind),
                data,
            } => {
                send(&mut socket, kind, &data).await?;
            }
            Event::Data {
                ty: DataType::Stream(part),
                data,
            } => {
                fragments.extend_from_slice(&data);
                if let Stream::End(kind) = part {
                    send(&mut socket, kind, &fragments).await?;
                    fragments.clear();
                }
            }
            Event::Ping(payload) => socket.send_pong(payload).await?,
            Event::Pong(_) => {}
            Event::Close { .. } => return Ok(()),
            Event::Error(fault) => return Err(other(fault)),
        }
    }
}

async fn send(
    socket: &mut WebSocket<BufReader<Cork>>,
    kind: MessageType,
    payload: &[u8],
) -> Result<()> {
    if kind.is_text() && simdutf8::basic::from_utf8(payload).is_err() {
        return Err(Error::new(ErrorKind::InvalidData, "text that is not UTF-8"));
    }
    let opcode = if kind.is_text() { 1 } else { 2 };
    socket
        .send_raw(Frame {
            fin: true,
            opcode,
            data: payload,
        })
        .await
}
