//! fastwebsockets 0.10. It has no way to batch: each frame is one write, so it stands on a
//! [`Cork`], whose large writes pass through without a copy, as they do on the bare socket.

use std::io::Result;

use fastwebsockets::{FragmentCollector, Frame, OpCode, Role, WebSocket};
use tokio::net::TcpStream;

use crate::accept::{other, upgrade};
use crate::cork::Cork;
use crate::options::MESSAGE_LEN_MAX;

pub(crate) async fn echo(mut stream: TcpStream) -> Result<()> {
    upgrade(&mut stream, None).await?;
    let mut socket = WebSocket::after_handshake(Cork::new(stream), Role::Server);
    socket.set_max_message_size(MESSAGE_LEN_MAX);
    let mut socket = FragmentCollector::new(socket);
    loop {
        let frame = socket.read_frame().await.map_err(other)?;
        match frame.opcode {
            OpCode::Close => return Ok(()),
            OpCode::Text | OpCode::Binary => {
                let reply = Frame::new(true, frame.opcode, None, frame.payload);
                socket.write_frame(reply).await.map_err(other)?;
            }
            _ => {}
        }
    }
}
