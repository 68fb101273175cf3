//! How options become what the hub and its engine are told: rules of channels, rates of sessions,
//! bounds. Decides nothing that is not in the options.

use std::sync::Arc;

use sockeye_dialect::chat::Protocol;
use sockeye_hub::{ChannelOptions, FanoutOptions, OwnerOptions, Rate, Rules, SlowFate};

use crate::engine::EngineOptions;
use crate::limits::{CHAT_BURST_SECONDS, CHAT_CHANNEL_RATE_FACTOR};
use crate::node::Terms;
use crate::options::{Chats, HubOptions, Options};
use crate::words::SlowReaders;

/// What the fan-outs and the owners of a server with these options are told.
pub(crate) fn terms(options: &Options) -> Terms {
    let (chats, hub) = (&options.chat, &options.hub);
    let rules = Arc::new(rules(chats, hub));
    let per_second = chats.messages_per_second_max;
    let publish_rate = Rate {
        burst: per_second.saturating_mul(CHAT_BURST_SECONDS),
        per_second,
    };
    let defaults = FanoutOptions::default();
    let connections_max = usize::try_from(options.limits.connections_max).unwrap_or(usize::MAX);
    // Each message is a command, and there are others besides.
    let others = scaled(defaults.command_rate, hub.commands_per_second_max);
    let command_rate = Rate {
        burst: others.burst.saturating_add(publish_rate.burst),
        per_second: others.per_second.saturating_add(per_second),
    };
    let fanout = FanoutOptions {
        rules: Arc::clone(&rules),
        // The server's own bound on connections is the one that is met.
        sessions_max: defaults.sessions_max.max(connections_max),
        subscriptions_max: hub.subscriptions_max,
        queue_bytes_max: chats.queue_len_max,
        replay_bytes_max: hub.replay_len_max,
        pending_max: hub.pending_max,
        refusals_max: hub.refusals_max,
        command_rate,
        publish_rate,
        ..defaults
    };
    let owner = OwnerOptions {
        rules,
        channels_max: hub.channels_max,
        effects_max: hub.effects_max,
        held_bytes_max: hub.held_len_max,
        grace: hub.presence_grace,
        renewal: hub.presence_lease / 3,
    };
    Terms { fanout, owner }
}

/// The bounds of the engine of a server with these options.
pub(crate) fn engine(hub: &HubOptions) -> EngineOptions {
    EngineOptions {
        channels_max: hub.known_channels_max,
        bytes_max: hub.history_len_max,
        idle_keep: hub.idle_keep,
        lease: hub.presence_lease,
        members_max: hub.members_max,
    }
}

/// The same rate at another number per second: as much after a rest as its default has.
fn scaled(rate: Rate, per_second: u32) -> Rate {
    let seconds = rate.burst.div_ceil(rate.per_second.max(1));
    let burst = if per_second == rate.per_second {
        rate.burst
    } else {
        per_second.saturating_mul(seconds)
    };
    Rate { burst, per_second }
}

fn rules(chats: &Chats, hub: &HubOptions) -> Rules {
    let defaults = ChannelOptions::default();
    let per_second = chats.messages_per_second_max;
    // A room may take more than any one of its people may say.
    let least = per_second.saturating_mul(CHAT_CHANNEL_RATE_FACTOR);
    let all_together = scaled(defaults.publish_rate, hub.channel_messages_per_second_max);
    let publish_rate = Rate {
        burst: all_together.burst.max(least),
        per_second: all_together.per_second.max(least),
    };
    let all = ChannelOptions {
        history_len_max: chats.history_len_max,
        history_age_max: chats.history_age_max,
        history_bytes_max: hub.room_history_len_max,
        idempotency_window: hub.key_age_max,
        members_max: hub.members_max,
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
        let options = Options {
            chat: chats,
            ..Options::default()
        };
        let fanout = terms(&options).fanout;
        assert_eq!(fanout.queue_bytes_max, 9000);
        assert_eq!(fanout.publish_rate.per_second, 700);
        assert!(fanout.command_rate.per_second > 700);
        for protocol in Protocol::ALL {
            let channel: ChannelName = protocol.channel("room").unwrap();
            let rule = fanout.rules.of(&channel);
            assert_eq!(rule.history_age_max, Duration::from_secs(8));
            assert_eq!((rule.history_len_max, rule.slow), (7, SlowFate::Latest));
            assert!(rule.publish_rate.per_second >= 700);
        }
    }

    /// If this fails, somebody changes a bound of the hub and nothing happens, or a server without
    /// a file has other bounds than the hub's.
    #[test]
    fn bounds_of_the_hub_reach_its_parts() {
        let mut options = Options::default();
        let defaults = terms(&options);
        assert_eq!(defaults.owner.renewal, OwnerOptions::default().renewal);
        assert_eq!(engine(&options.hub), EngineOptions::default());
        let room = Protocol::Json.channel("room").unwrap();
        let rule = defaults.fanout.rules.of(&room);
        assert_eq!(rule.publish_rate, ChannelOptions::default().publish_rate);
        options.limits.connections_max = 1_000_000;
        options.hub = HubOptions {
            members_max: 3,
            subscriptions_max: 4,
            channels_max: 5,
            channel_messages_per_second_max: 60,
            commands_per_second_max: 70,
            pending_max: 8,
            refusals_max: 9,
            effects_max: 100,
            held_len_max: 70_000,
            replay_len_max: 90_000,
            room_history_len_max: 1000,
            key_age_max: Duration::from_secs(11),
            presence_grace: Duration::from_secs(12),
            presence_lease: Duration::from_secs(39),
            ..HubOptions::default()
        };
        let Terms { fanout, owner } = terms(&options);
        let rule = owner.rules.of(&room);
        assert_eq!((rule.members_max, rule.history_bytes_max), (3, 1000));
        assert_eq!(rule.idempotency_window, Duration::from_secs(11));
        assert_eq!(
            (rule.publish_rate.per_second, rule.publish_rate.burst),
            (60, 120)
        );
        assert_eq!((fanout.subscriptions_max, fanout.pending_max), (4, 8));
        assert_eq!(
            (fanout.replay_bytes_max, fanout.command_rate.per_second),
            (90_000, 80)
        );
        assert_eq!(
            (owner.channels_max, owner.grace),
            (5, Duration::from_secs(12))
        );
        assert_eq!(owner.renewal, Duration::from_secs(13));
        assert_eq!((owner.effects_max, owner.held_bytes_max), (100, 70_000));
        assert_eq!((fanout.refusals_max, fanout.sessions_max), (9, 1_000_000));
        let engine = engine(&options.hub);
        assert_eq!(
            (engine.members_max, engine.lease),
            (3, Duration::from_secs(39))
        );
    }
}
