//! A crowd that all comes at once: 5,000 opening handshakes from one address, from many, and while
//! the server goes down. A proxy that is trusted says where each comes from.
#![expect(
    clippy::unwrap_used,
    reason = "what does not work here fails the test that wants it"
)]

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use sockeye::Client;
use sockeye_server::Options;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::{ROOM, lively};
use crate::person::Pair;
use crate::site::Site;

const CROWD: u32 = 5000;

/// In place of a status: closed without one.
const CLOSED: u16 = 0;

/// Handshakes that are under way at the same time, which bounds the files of this process.
const AT_ONCE: usize = 200;

/// One that trusts a proxy on this machine.
fn behind_a_proxy() -> Options {
    let mut options = lively();
    options.proxy.trusted = vec!["127.0.0.1".parse().unwrap()];
    options
}

/// How often each status came of [`CROWD`] handshakes, as those see it of whom `address` says where
/// they come from. Who is let in leaves at once. The pair talks all the time.
async fn rush(
    site: &Site,
    pair: &mut Pair,
    address: impl Fn(u32) -> Ipv4Addr,
) -> BTreeMap<u16, u32> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut crowd = JoinSet::new();
    for number in 0..CROWD {
        let client = Client::new(&site.echo_url()).unwrap();
        let from = address(number).to_string();
        let client = client.header("X-Forwarded-For", &from).unwrap();
        let places = Arc::clone(&places);
        crowd.spawn(async move {
            let _place = places.acquire().await.unwrap();
            match client.connect().await {
                Ok(mut ws) => {
                    let _ = ws.close(None, "").await;
                    101
                }
                Err(error) => error
                    .response()
                    .map_or(CLOSED, |response| response.head.status()),
            }
        });
    }
    let mut statuses = BTreeMap::new();
    while let Some(status) = crowd.join_next().await {
        *statuses.entry(status.unwrap()).or_default() += 1;
        if crowd.len() % 50 == 0 {
            pair.talk().await;
        }
    }
    pair.talk().await;
    statuses
}

/// If this fails, one address takes the server from those who are there.
#[tokio::test]
async fn burst_of_one_address_gets_429_beyond_its_rate_while_others_talk() {
    let mut options = behind_a_proxy();
    options.limits.handshakes_per_second_max = 5;
    let site = Site::start_with(options).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let statuses = rush(&site, &mut pair, |_| Ipv4Addr::new(198, 51, 100, 1)).await;
    let (open, refused) = (statuses[&101], statuses[&429]);
    assert_eq!(open + refused, CROWD, "{statuses:?}");
    // Ten seconds of five each, and what the time of the test adds.
    assert!((50..CROWD / 2).contains(&open), "{statuses:?}");
    let other = Client::new(&site.echo_url()).unwrap();
    let other = other.header("X-Forwarded-For", "198.51.100.2").unwrap();
    assert!(other.connect().await.is_ok(), "another address has its own");
}

/// If this fails, many who are within their limits are turned away though there is a place for
/// each; or, where there are not enough, those who talk lose theirs.
#[tokio::test]
async fn burst_of_many_addresses_gets_in_or_makes_room_while_others_talk() {
    let first = u32::from(Ipv4Addr::new(203, 0, 0, 0));
    let address = |number| Ipv4Addr::from(first + number);
    let site = Site::start_with(behind_a_proxy()).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let statuses = rush(&site, &mut pair, address).await;
    assert_eq!(statuses, BTreeMap::from([(101, CROWD)]));
    // A quarter of the places that are wanted at once.
    let mut options = behind_a_proxy();
    options.limits.connections_max = u32::try_from(AT_ONCE / 4).unwrap();
    let site = Site::start_with(options).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    let statuses = rush(&site, &mut pair, address).await;
    let open = statuses[&101];
    let made_room = statuses.get(&CLOSED).copied().unwrap_or_default();
    assert_eq!(open + made_room, CROWD, "{statuses:?}");
    // Each place is used again and again.
    assert!(open > 50, "{statuses:?}");
}

/// If this fails, a crowd that comes while the server goes down gets no answer, or another one
/// than to try elsewhere, or those who are still there cannot talk.
#[tokio::test]
async fn burst_while_the_server_goes_down_gets_503_while_others_talk() {
    let mut options = behind_a_proxy();
    // Longer than any test may take.
    options.drain.delay = Duration::from_secs(3600);
    let mut site = Site::start_with(options).await;
    let mut pair = Pair::meet(&site, ROOM).await;
    site.tell_to_stop();
    site.until_not_ready().await;
    let statuses = rush(&site, &mut pair, |_| Ipv4Addr::new(198, 51, 100, 1)).await;
    assert_eq!(statuses, BTreeMap::from([(503, CROWD)]));
    site.insist();
    site.stop().await;
}
