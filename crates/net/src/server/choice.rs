//! Which of the subprotocols that a client asks for (RFC 6455 §1.9). Owns the ways to choose, none
//! of which can choose what was not offered.

use std::fmt;
use std::sync::Arc;

use sockeye_proto::handshake::server::UpgradeRequest;

/// A way to choose.
#[derive(Clone)]
pub(super) struct Protocols(Kind);

type Choose = dyn Fn(&UpgradeRequest) -> Option<&str> + Send + Sync;

#[derive(Clone)]
enum Kind {
    /// The client's first.
    Any,
    /// What the application says.
    Chosen(Arc<Choose>),
    /// The first of these.
    Preferred(Vec<String>),
}

impl Protocols {
    pub(super) fn any() -> Self {
        Self(Kind::Any)
    }

    pub(super) fn none() -> Self {
        Self::preferred(Vec::new())
    }

    /// Of names that were checked.
    pub(super) fn preferred(names: Vec<String>) -> Self {
        Self(Kind::Preferred(names))
    }

    pub(super) fn chosen(
        choose: impl Fn(&UpgradeRequest) -> Option<&str> + Send + Sync + 'static,
    ) -> Self {
        Self(Kind::Chosen(Arc::new(choose)))
    }

    /// One of those that `request` offers, or none.
    pub(super) fn choose<'a>(&'a self, request: &'a UpgradeRequest) -> Option<&'a str> {
        match &self.0 {
            Kind::Any => request.protocols().next(),
            Kind::Chosen(choose) => {
                let chosen = choose(request)?;
                // RFC 6455 §4.2.2-6 MUST: what was not offered is not sent, whoever says so.
                request.protocols().find(|offered| *offered == chosen)
            }
            Kind::Preferred(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                request.choose_protocol(&names)
            }
        }
    }
}

impl fmt::Debug for Protocols {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Any => formatter.write_str("Any"),
            Kind::Chosen(_) => formatter.write_str("Chosen"),
            Kind::Preferred(names) => formatter.debug_list().entries(names).finish(),
        }
    }
}
