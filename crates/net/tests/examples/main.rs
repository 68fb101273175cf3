//! The examples, run: what they claim to do is done.

#[expect(dead_code, reason = "its `main` is for the terminal")]
#[path = "../../examples/broadcast_ticker.rs"]
mod broadcast_ticker;
#[expect(dead_code, reason = "its `main` is for the terminal")]
#[path = "../../examples/file_upload.rs"]
mod file_upload;

use std::time::Duration;

use sockeye::{Client, CloseCode, DeflateOffer};
use tokio::net::TcpListener;

#[tokio::test]
async fn broadcast_ticker_ticks_for_everyone_and_forgets_who_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let serving = broadcast_ticker::serve(listener, Duration::from_millis(5));
    let receiving = async {
        let mut plain = Client::new(&url).unwrap().deflate(None);
        let mut clients = Vec::new();
        for offer in [None, Some(DeflateOffer::takeover())] {
            plain = plain.deflate(offer);
            clients.push(plain.clone().connect().await.unwrap());
        }
        for ws in &mut clients {
            let mut ticks = Vec::new();
            for _ in 0..3 {
                let tick = ws.recv().await.unwrap().unwrap();
                let number = tick.as_text().unwrap().strip_prefix("tick ").unwrap();
                ticks.push(number.parse::<u32>().unwrap());
            }
            assert!(ticks.is_sorted_by(|a, b| a + 1 == *b), "{ticks:?}");
        }
        let event = clients[0].close(CloseCode::NORMAL, "").await.unwrap();
        assert!(event.was_clean);
        assert!(clients[1].recv().await.unwrap().is_some(), "it goes on");
    };
    tokio::select! {
        served = serving => panic!("it served until {served:?}"),
        () = receiving => {}
    }
}

#[tokio::test]
async fn file_upload_arrives_as_it_is_whatever_it_holds() {
    let folder = std::env::temp_dir();
    let name = format!("sockeye_file_upload_{}", std::process::id());
    let (original, copy) = (folder.join(&name), folder.join(name + ".copy"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/", listener.local_addr().unwrap());
    let serving = file_upload::serve(listener, &copy);
    let uploading = async {
        let text = "0123456789 ".repeat(300_000).into_bytes();
        let noise = (0..1_000_000_u32).map(|n| (n.wrapping_mul(0x9E37_79B9) >> 24) as u8);
        for bytes in [text, noise.collect(), Vec::new()] {
            std::fs::write(&original, &bytes).unwrap();
            let len = file_upload::upload(&url, &original).await.unwrap();
            assert_eq!(len, bytes.len() as u64);
            assert!(std::fs::read(&copy).unwrap() == bytes);
        }
    };
    tokio::select! {
        served = serving => panic!("it served until {served:?}"),
        () = uploading => {}
    }
    for file in [original, copy] {
        std::fs::remove_file(file).unwrap();
    }
}
