//! Clients that say something and leave at once, over real sockets and several threads: what came
//! before their Close counts (`chat`, `node`).

use std::num::NonZeroUsize;
use std::time::Duration;

use serde_json::json;
use sockeye_server::options::Threads;
use tokio::time::timeout;

use crate::person::Person;
use crate::site::{Site, options};

/// If this fails, a program that pipes its name and a message to the chat and ends says nothing
/// about every other time, and nobody is told.
#[tokio::test]
async fn message_right_before_the_close_is_heard_on_all_threads() {
    for threads in [2, 4] {
        let mut options = options();
        options.threads = Threads::Fixed(NonZeroUsize::new(threads).unwrap());
        let site = Site::start_with(options).await;
        let mut listener = Person::connect(&site, "/chat/tea", "json").await;
        listener.sign_in("Listener").await;
        for number in 0..20 {
            let mut hasty = Person::connect(&site, "/chat/tea", "json").await;
            let text = format!("bye {number}");
            hasty
                .say(&json!({"type": "username", "name": "Hasty"}))
                .await;
            hasty.say(&json!({"type": "message", "text": text})).await;
            hasty.0.close(None, "").await.unwrap();
            let heard = timeout(Duration::from_secs(30), listener.until("message")).await;
            let heard = heard.expect("what was said is lost");
            assert_eq!(heard["text"], text);
        }
    }
}
