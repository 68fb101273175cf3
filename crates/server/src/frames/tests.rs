//! Records, shelves and views without sockets: who is recorded, what makes room, what a reader is
//! told.

use std::time::Duration;

use hyper::header;
use serde_json::Value;
use sockeye::{Direction, WebSocket};

use super::frame::{Compression, Frame};
use super::record::{Place, Room};
use super::*;
use crate::ending::{Ending, Why};
use crate::limits::{FRAMES_BYTES_MAX, FRAMES_MAX, VIEW_BATCH_LEN_MAX};

const CLEAN: Ending = Ending {
    code: 1000,
    is_clean: true,
    why: Why::Client,
    fault: None,
};

fn frames(sessions_max: u32) -> Arc<Frames> {
    let mut options = Options::default();
    options.frames.sessions_max = sessions_max;
    Frames::new(&options).unwrap()
}

/// Headers with the cookie of a new session.
fn visitor(frames: &Frames) -> HeaderMap {
    let cookie = frames.greet(&HeaderMap::new(), false).unwrap();
    let pair = cookie.to_str().unwrap().split(';').next().unwrap();
    let pair = HeaderValue::from_str(pair).unwrap();
    [(header::COOKIE, pair)].into_iter().collect()
}

fn handshake() -> Handshake {
    let request = hyper::Request::builder().uri("/echo").body(()).unwrap();
    Handshake::new(&request, false, std::iter::empty())
}

fn record(frames: &Frames, headers: &HeaderMap) -> Option<Recording> {
    frames.record(headers, false, (None, None), handshake)
}

fn frame(len: usize) -> Frame {
    Frame {
        time: Duration::ZERO,
        direction: Direction::Sent,
        first_byte: 0x82,
        is_masked: false,
        len: 0,
        passed_len: 0,
        compression: Compression::None,
        payload: vec![0; len],
    }
}

fn a_record() -> Record {
    let subject = Subject {
        handshake: handshake(),
        address: None,
        user: None,
        is_for_admins: false,
    };
    let bell = bell::Bell::new(Arc::new(Admins::new()));
    Record::new(1, subject, Arc::new(bell))
}

/// What a page is sent at once: news, and more of them as long as it is behind.
fn all_news(view: &mut View) -> Vec<Value> {
    let mut all = Vec::new();
    while let Some(text) = view.news() {
        all.push(serde_json::from_str::<Value>(&text).unwrap()["news"].take());
        if !view.is_behind() {
            break;
        }
    }
    all
}

fn ids(news: &[Value], list: &str) -> Vec<u64> {
    let all = news.iter().flat_map(|news| news[list].as_array().unwrap());
    all.map(|one| one.as_u64().or_else(|| one["id"].as_u64()).unwrap())
        .collect()
}

/// Whoever sends much would otherwise fill the memory; whoever reads slowly must be told of holes.
#[test]
fn record_keeps_the_last_frames_and_a_reader_is_told_how_many_he_lost() {
    let record = a_record();
    let mut place = Place::default();
    for _ in 0..FRAMES_MAX + 7 {
        record.push(frame(1));
    }
    let news = record.read(&mut place, &mut Room::new());
    assert_eq!((news.lost, news.frames.len()), (7, VIEW_BATCH_LEN_MAX));
    assert_eq!(news.frames[0]["number"], 7);
    let news = record.read(&mut place, &mut Room::new());
    assert_eq!(news.lost, 0);
    assert_eq!(news.frames[0]["number"], 7 + VIEW_BATCH_LEN_MAX);
    for _ in 0..3 {
        record.push(frame(FRAMES_BYTES_MAX / 2));
    }
    let news = record.read(&mut place, &mut Room::new());
    assert_eq!(
        news.frames.len(),
        2,
        "the third takes more than there may be"
    );
    let seen = 2 * VIEW_BATCH_LEN_MAX;
    assert_eq!(news.lost, u64::try_from(FRAMES_MAX - seen + 1).unwrap());
}

/// The bounds in `limits` count so much for a frame.
#[test]
fn frame_takes_what_the_limits_say() {
    assert!(size_of::<Frame>() <= 96, "{}", size_of::<Frame>());
}

/// What somebody cleared is not lost, or the page would report holes that it made itself.
#[test]
fn frames_that_were_cleared_are_not_lost() {
    let record = a_record();
    record.push(frame(1));
    record.clear();
    record.push(frame(1));
    record.end(CLEAN);
    let mut place = Place::default();
    let news = record.read(&mut place, &mut Room::new());
    assert_eq!((news.lost, news.frames.len()), (0, 1));
    assert_eq!(news.end.unwrap()["code"], 1000);
    let news = record.read(&mut place, &mut Room::new());
    assert!(news.frames.is_empty() && news.end.is_none(), "told once");
}

/// A connection that nobody can look at must cost nothing, not even the copy of its handshake.
#[test]
fn connection_without_session_is_not_recorded_while_no_admin_looks() {
    let frames = frames(1);
    let not_asked = || panic!("nobody may ask for the handshake");
    let headers = HeaderMap::new();
    assert!(
        frames
            .record(&headers, false, (None, None), not_asked)
            .is_none()
    );
    let bell = frames.admins.enter();
    let recording = record(&frames, &headers).unwrap();
    assert!(bell.has_changed().unwrap());
    assert_eq!(frames.records().len(), 1);
    frames.admins.leave();
    frames.drop_unwatched();
    assert!(frames.records().is_empty());
    drop(recording);
}

/// The frames of one browser would otherwise be shown to another.
#[test]
fn view_shows_its_own_session_only() {
    let frames = frames(2);
    let (one, other) = (visitor(&frames), visitor(&frames));
    let mut view = frames.view(&one, false);
    let own = record(&frames, &one).unwrap();
    let foreign = record(&frames, &other).unwrap();
    let news = all_news(&mut view);
    assert_eq!(ids(&news, "connections").len(), 1);
    assert_eq!(
        ids(&all_news(&mut frames.view(&other, false)), "connections").len(),
        1
    );
    let of_nobody = all_news(&mut frames.view(&HeaderMap::new(), false));
    assert!(ids(&of_nobody, "connections").is_empty());
    foreign.end(CLEAN);
    assert!(all_news(&mut view).is_empty());
    own.end(CLEAN);
    assert_eq!(ids(&all_news(&mut view), "ended").len(), 1);
}

/// If this fails, a page misses the end of a burst until something else happens, or each of its
/// news is looked for twice.
#[test]
fn view_is_behind_until_its_page_has_all_frames() {
    let frames = frames(1);
    let headers = visitor(&frames);
    let mut view = frames.view(&headers, false);
    let _recording = record(&frames, &headers).unwrap();
    let recorded = frames.records().pop().unwrap();
    for _ in 0..=VIEW_BATCH_LEN_MAX {
        recorded.push(frame(1));
    }
    let news = all_news(&mut view);
    let list = |news: &Value| news["frames"][0]["list"].as_array().unwrap().len();
    assert_eq!(news.iter().map(list).sum::<usize>(), VIEW_BATCH_LEN_MAX + 1);
    recorded.push(frame(1));
    assert!(view.news().is_some() && !view.is_behind());
    assert!(view.news().is_none());
}

/// If this fails, a page that comes back to a server which was started anew goes on to show frames
/// of a connection that is gone, as nobody says that there is none.
#[test]
fn first_news_come_also_where_there_is_nothing() {
    let frames = frames(1);
    let headers = visitor(&frames);
    let mut view = frames.view(&headers, false);
    let news = all_news(&mut view);
    assert_eq!(news.len(), 1);
    assert_eq!(news[0]["connections"], serde_json::json!([]));
    assert!(view.news().is_none());
}

/// Memory follows what is looked at: a session has so many records, and the oldest goes.
#[test]
fn oldest_connection_that_ended_makes_room_and_is_forgotten() {
    let frames = frames(1);
    let headers = visitor(&frames);
    let mut view = frames.view(&headers, false);
    let mut open: Vec<_> = (0..RECORDS_PER_SESSION_MAX)
        .map(|_| record(&frames, &headers).unwrap())
        .collect();
    assert!(record(&frames, &headers).is_none());
    let news = all_news(&mut view);
    assert_eq!(news[0]["unrecorded"], 1);
    let first = ids(&news, "connections")[0];
    open.remove(0).end(CLEAN);
    let next = record(&frames, &headers).unwrap();
    let news = all_news(&mut view);
    assert_eq!(ids(&news, "forgotten"), [first]);
    assert_eq!(ids(&news, "connections").len(), 1);
    drop((open, next));
    view.clear();
    assert_eq!(
        ids(&all_news(&mut view), "forgotten").len(),
        RECORDS_PER_SESSION_MAX
    );
}

/// A visitor who comes late must not push out one who is there.
#[tokio::test(start_paused = true)]
async fn session_that_nobody_uses_makes_room_and_one_in_use_does_not() {
    let frames = frames(1);
    let (one, other) = (visitor(&frames), visitor(&frames));
    let view = frames.view(&one, false);
    assert!(record(&frames, &other).is_none());
    assert!(frames.view(&other, false).hello().contains(r#""full""#));
    drop(view);
    let recording = record(&frames, &other).unwrap();
    assert!(record(&frames, &one).is_none(), "the other is open");
    recording.end(CLEAN);
    assert!(record(&frames, &one).is_some());
}

/// What somebody left behind is not kept for ever.
#[tokio::test(start_paused = true)]
async fn session_that_nobody_uses_is_forgotten_after_its_time() {
    let frames = frames(9);
    let (one, other) = (visitor(&frames), visitor(&frames));
    record(&frames, &one).unwrap().end(CLEAN);
    tokio::time::advance(FRAME_SESSION_KEEP / 2).await;
    drop(frames.view(&other, false));
    assert_eq!(frames.lock().of.len(), 2);
    tokio::time::advance(FRAME_SESSION_KEEP).await;
    drop(frames.view(&other, false));
    assert_eq!(frames.lock().of.len(), 1);
}

/// A server that records nothing sets no cookie either.
#[test]
fn server_that_records_nothing_sets_no_cookie() {
    let frames = frames(0);
    assert_eq!(frames.greet(&HeaderMap::new(), false), None);
    let view = frames.view(&HeaderMap::new(), false);
    assert!(view.hello().contains(r#""off""#));
}

async fn exchange(client: &mut WebSocket<impl sockeye::Transport>, text: &str) {
    client.send(text).await.unwrap();
}

/// A recording that goes on for nobody would cost its connection for as long as it lives.
#[tokio::test]
async fn recording_stops_for_good_when_the_last_admin_leaves() {
    let frames = frames(1);
    let _bell = frames.admins.enter();
    let recording = record(&frames, &HeaderMap::new()).unwrap();
    let kept = frames.records().remove(0);
    let (mut client, mut server) = sockeye::pair();
    server.observe(recording.observer());
    exchange(&mut client, "seen").await;
    server.recv().await.unwrap();
    let read = |place: &mut Place| kept.read(place, &mut Room::new()).frames.len();
    assert_eq!(read(&mut Place::default()), 1);
    frames.admins.leave();
    frames.drop_unwatched();
    for _ in 0..2 {
        exchange(&mut client, "not seen").await;
        server.recv().await.unwrap();
        // Whoever comes now begins with what comes now.
        let _later = frames.admins.enter();
    }
    assert_eq!(read(&mut Place::default()), 0);
}
