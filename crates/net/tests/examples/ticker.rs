//! `examples/broadcast_ticker.rs`.

#[expect(dead_code, reason = "its `main` is for the terminal")]
#[path = "../../examples/broadcast_ticker.rs"]
mod broadcast_ticker;

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
