//! Readers that are too slow, or read nothing at all.

use super::*;

/// If this fails, one who does not read fills memory or holds up the others.
#[tokio::test(start_paused = true)]
async fn slow_reader_is_closed_with_3008_and_nobody_else_notices() {
    const TEXT_LEN: usize = 1000;
    const COUNT: usize = 200;
    let mut options = Options::default();
    options.chat.queue_len_max = 8192;
    options.chat.messages_per_second_max = 10_000;
    options.chat.dialects.plain_chars_max = TEXT_LEN;
    let house = House::new(2, &options);
    let (mut slow, slow_served) = house.enter(0).await;
    let (mut quick, _served) = house.enter(0).await;
    let (mut talker, _served) = house.enter(1).await;
    for number in 0..COUNT {
        let text = format!("{number:TEXT_LEN$}");
        talker.send(text.clone()).await.unwrap();
        for peer in [&mut talker, &mut quick] {
            while next(peer).await != text {}
        }
    }
    // What it was sent before is not lost.
    assert_eq!(next(&mut slow).await, "here");
    assert_eq!(last(&mut slow).await, 3008);
    assert_eq!(slow_served.await.unwrap().why, Why::Slow);
    assert!(house.counts("sockeye_hub_dropped_total{what=\"session\"} 1"));
}

/// If this fails, the log does not say of the slowest clients that they were slow: their ends have
/// no code, as they do not answer any more.
#[tokio::test(start_paused = true)]
async fn end_of_a_client_that_answers_nothing_has_the_code_that_was_sent() {
    let mut options = Options::default();
    options.chat.queue_len_max = 8192;
    options.chat.messages_per_second_max = 10_000;
    options.chat.dialects.plain_chars_max = 1000;
    let house = House::new(1, &options);
    let (_dead, dead_served) = house.enter(0).await;
    let (mut talker, _served) = house.enter(0).await;
    for number in 0..200 {
        let text = format!("{number:1000}");
        talker.send(text.clone()).await.unwrap();
        while next(&mut talker).await != text {}
    }
    let ending = dead_served.await.unwrap();
    assert_eq!((ending.code, ending.is_clean), (3008, false));
    // One that the server leaves, and that does not answer that.
    let (_mute, served) = house.enter(0).await;
    house.lifeline.leave(Duration::ZERO);
    let ending = served.await.unwrap();
    assert_eq!((ending.code, ending.is_clean), (1001, false));
}

/// If this fails, whoever chose that slow readers miss messages has them closed, or they get old
/// ones and never the newest.
#[tokio::test(start_paused = true)]
async fn slow_reader_that_may_skip_stays_and_gets_the_newest() {
    const TEXT_LEN: usize = 1000;
    const COUNT: usize = 200;
    let mut options = Options::default();
    options.chat.slow = crate::options::SlowReaders::Skip;
    options.chat.messages_per_second_max = 10_000;
    options.chat.dialects.plain_chars_max = TEXT_LEN;
    let house = House::new(2, &options);
    let (mut slow, _served) = house.enter(0).await;
    let (mut talker, _served) = house.enter(1).await;
    for number in 0..COUNT {
        let text = format!("{number:TEXT_LEN$}");
        talker.send(text.clone()).await.unwrap();
        while next(&mut talker).await != text {}
    }
    let mut heard = 0;
    while next(&mut slow).await.trim() != (COUNT - 1).to_string() {
        heard += 1;
    }
    assert!((1..COUNT).contains(&heard), "{heard}");
}
