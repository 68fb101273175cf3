//! How the options of the chats become what the hub is told: its rules for their channels and the
//! rates of their sessions. Decides nothing that is not in the options.

use std::sync::Arc;

use sockeye_dialect::chat::Protocol;
use sockeye_hub::{ChannelOptions, FanoutOptions, Rate, Rules, SlowFate};

use crate::limits::{CHAT_BURST_SECONDS, CHAT_CHANNEL_RATE_FACTOR};
use crate::options::Chats;
use crate::words::SlowReaders;

/// What the fan-outs and the owners of a server with these chats are told.
pub(crate) fn fanout(chats: &Chats) -> FanoutOptions {
    let per_second = chats.messages_per_second_max;
    let publish_rate = Rate {
        burst: per_second.saturating_mul(CHAT_BURST_SECONDS),
        per_second,
    };
    let defaults = FanoutOptions::default();
    // Each message is a command, and there are others besides.
    let command_rate = Rate {
        burst: defaults
            .command_rate
            .burst
            .saturating_add(publish_rate.burst),
        per_second: defaults.command_rate.per_second.saturating_add(per_second),
    };
    FanoutOptions {
        rules: Arc::new(rules(chats)),
        queue_bytes_max: chats.queue_len_max,
        command_rate,
        publish_rate,
        ..defaults
    }
}

fn rules(chats: &Chats) -> Rules {
    let defaults = ChannelOptions::default();
    let per_second = chats.messages_per_second_max;
    // A room may take more than any one of its people may say.
    let publish_rate = Rate {
        burst: defaults
            .publish_rate
            .burst
            .max(per_second.saturating_mul(CHAT_CHANNEL_RATE_FACTOR)),
        per_second: defaults
            .publish_rate
            .per_second
            .max(per_second.saturating_mul(CHAT_CHANNEL_RATE_FACTOR)),
    };
    let all = ChannelOptions {
        history_len_max: chats.history_len_max,
        history_age_max: chats.history_age_max,
        slow: match chats.slow {
            SlowReaders::Close => SlowFate::Close,
            SlowReaders::Skip => SlowFate::Latest,
        },
        publish_rate,
        ..defaults
    };
    let mut rules = Rules::new(all.clone());
    for protocol in Protocol::ALL {
        // There are fewer protocols than prefixes may be.
        rules.insert(protocol.prefix(), protocol.channel_options(&all));
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use sockeye_hub::ChannelName;
    use std::time::Duration;

    /// If this fails, a team changes a setting and nothing happens.
    #[test]
    fn options_reach_the_rules_of_every_chat() {
        let chats = Chats {
            history_len_max: 7,
            history_age_max: Duration::from_secs(8),
            slow: SlowReaders::Skip,
            queue_len_max: 9000,
            messages_per_second_max: 700,
            ..Chats::default()
        };
        let options = fanout(&chats);
        assert_eq!(options.queue_bytes_max, 9000);
        assert_eq!(options.publish_rate.per_second, 700);
        assert!(options.command_rate.per_second > 700);
        for protocol in Protocol::ALL {
            let channel: ChannelName = protocol.channel("room").unwrap();
            let rule = options.rules.of(&channel);
            assert_eq!(rule.history_age_max, Duration::from_secs(8));
            assert_eq!((rule.history_len_max, rule.slow), (7, SlowFate::Latest));
            assert!(rule.publish_rate.per_second >= 700);
        }
    }
}
