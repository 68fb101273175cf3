//! The servers that the pages of `conformance/page` talk to: as much of each protocol as they need.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::net::SocketAddr;
use std::sync::mpsc;

use sockeye::{Acceptor, CloseCode, Message, Result, ServerTls, Transport, WebSocket};
use tokio::net::TcpListener;

/// All chats, each at its path, until the process ends.
pub(crate) struct Chats {
    pub(crate) plain: SocketAddr,
    pub(crate) secure: SocketAddr,
    /// The certificate that clients trust, in PEM.
    pub(crate) authority: String,
}

impl Chats {
    /// Starts them, in the clear and with TLS for these hosts.
    pub(crate) fn start(hosts: &[&str]) -> Self {
        let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
        let made = rcgen::generate_simple_self_signed(hosts).unwrap();
        let authority = made.cert.pem();
        let key = made.signing_key.serialize_pem();
        let tls = ServerTls::from_pem(authority.as_bytes(), key.as_bytes()).unwrap();
        let (tx, rx) = mpsc::channel();
        std::thread::spawn(move || {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(async {
                let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let secure = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let addresses = (plain.local_addr().unwrap(), secure.local_addr().unwrap());
                tx.send(addresses).unwrap();
                loop {
                    tokio::select! {
                        tcp = plain.accept() => {
                            tokio::spawn(serve(tcp.unwrap().0));
                        }
                        tcp = secure.accept() => {
                            let (tls, tcp) = (tls.clone(), tcp.unwrap().0);
                            tokio::spawn(async move { serve(tls.accept(tcp).await?).await });
                        }
                    }
                }
            });
        });
        let (plain, secure) = rx.recv().unwrap();
        Self {
            plain,
            secure,
            authority,
        }
    }
}

async fn serve<T: Transport>(transport: T) -> Result<()> {
    let acceptor = Acceptor::default().any_protocol().keep_request();
    let mut ws = acceptor.accept(transport).await?;
    let path = ws.request().unwrap().target().to_owned();
    if path == "/json" {
        ws.send(r#"{"type":"id","id":7,"date":0}"#).await?;
    }
    while let Some(message) = ws.recv().await? {
        match path.as_str() {
            "/hello" => {
                ws.send("Привет с сервера, Джон!").await?;
                return ws.close(CloseCode::NORMAL, "").await.map(|_| ());
            }
            "/json" => answer(&mut ws, &message).await?,
            _ => ws.send(message).await?,
        }
    }
    Ok(())
}

/// What the JSON chat says to `message`: the name `ann` is in use, and everybody hears the rest.
async fn answer<T: Transport>(ws: &mut WebSocket<T>, message: &Message) -> Result<()> {
    let text = message.as_text().unwrap();
    if !text.contains(r#""type":"username""#) {
        return ws.send(text.replacen('{', r#"{"name":"ann2","#, 1)).await;
    }
    for news in [
        r#"{"type":"rejectusername","name":"ann2","date":0}"#,
        r#"{"type":"username","name":"ann2","date":0}"#,
        r#"{"type":"userlist","users":["ann","ann2"],"date":0}"#,
    ] {
        ws.send(news).await?;
    }
    Ok(())
}
