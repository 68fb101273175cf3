//! The table of settings, which people have in files: in which order, and what each table of a file
//! is about. Owns that nothing is a setting that does not stand here; the defaults are those of
//! [`Options`](crate::Options), and so those of `limits`.

mod chats;
mod hub;
mod listening;
mod visitors;
mod watching;

use super::setting::Setting;

/// A table of the file.
#[derive(Debug)]
pub(super) struct Section {
    /// Empty for what stands in no table.
    pub(super) name: &'static str,
    /// What it is about.
    pub(super) about: &'static str,
    pub(super) settings: &'static [Setting],
}

/// All of them.
pub(super) static SECTIONS: [Section; 13] = [
    section("", "Where it listens", listening::LISTENING),
    section(
        "limits",
        "Bounds on connections and on HTTP",
        listening::LIMITS,
    ),
    section(
        "origins",
        "Which pages may open WebSockets",
        visitors::ORIGINS,
    ),
    section(
        "proxy",
        "Whom to believe whom they speak for",
        visitors::PROXY,
    ),
    section("auth", "Who is somebody", visitors::AUTH),
    section("metrics", "Numbers for Prometheus", watching::METRICS),
    section(
        "frames",
        "What the frame view shows, and to whom",
        watching::FRAMES,
    ),
    section("websocket", "WebSockets", chats::WEBSOCKET),
    section("engine", "Where channels are kept", chats::ENGINE),
    section("chat", "The chats", chats::CHAT),
    section("hub", "The bounds that hold for all chats", hub::HUB),
    section("drain", "How it ends when it is told to", watching::DRAIN),
    section("log", "The log, on standard error", watching::LOG),
];

const fn section(name: &'static str, about: &'static str, settings: &'static [Setting]) -> Section {
    Section {
        name,
        about,
        settings,
    }
}

/// All settings, those of one table together.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    SECTIONS.iter().flat_map(|section| section.settings)
}

/// The setting with this flag.
pub fn by_flag(flag: &str) -> Option<&'static Setting> {
    all().find(|setting| setting.flag() == flag)
}
