//! Judging the server's response (RFC 6455 section 4.1, the client's requirements on it). Keeps
//! rules of RFC 6455 §7.2.1 §9.1 §11.3.2 §11.3.3 and RFC 7692 §5.

use super::fault::ClientFault;
use super::request::ClientRequest;
use crate::handshake::deflate_params::{self, DeflateAgreed, DeflateFault};
use crate::handshake::extension::{self, ExtensionFault};
use crate::handshake::fault::{FieldFault, excerpt};
use crate::handshake::fields::{check_listed, exactly_one};
use crate::handshake::http1::HttpVersion;
use crate::handshake::key::accept_for;
use crate::handshake::subprotocol;
use crate::handshake::view::{HeaderView, ResponseView};

/// What both sides have agreed on; the connection is open.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Agreed {
    /// The subprotocol, one of those offered.
    pub protocol: Option<String>,
    /// The parameters of permessage-deflate; `None` is no compression.
    pub deflate: Option<DeflateAgreed>,
}

impl ClientRequest {
    /// Checks that `response` answers this request.
    ///
    /// # Errors
    ///
    /// [`ClientFault::Refused`] for every status but 101, else the first rule that the response
    /// breaks; the connection must not be used as a WebSocket then.
    // RFC 6455 §4.1-27 §7.2.1-1 MUST: without `Ok` from here there is no connection to use.
    pub fn verify(&self, response: &impl ResponseView) -> Result<Agreed, ClientFault> {
        // RFC 6455 §4.1-28 MUST: any other status is HTTP's, and stays with the caller.
        if response.status() != 101 {
            return Err(ClientFault::Refused {
                status: response.status(),
            });
        }
        // RFC 6455 §4.1-34 MUST: HTTP/1.0 cannot switch protocols.
        if response.version() < HttpVersion::HTTP_11 {
            return Err(ClientFault::HttpVersion {
                version: response.version(),
            });
        }
        // RFC 6455 §4.1-29 §4.1-30 §4.1-31 MUST: in this order, each with its own fault.
        check_upgrade(response).map_err(ClientFault::Upgrade)?;
        check_listed(response, "Connection", "Upgrade", "list Upgrade")
            .map_err(ClientFault::Connection)?;
        self.check_accept(response).map_err(ClientFault::Accept)?;
        let choice = response.header_values("Sec-WebSocket-Protocol");
        let protocol =
            subprotocol::verify_choice(choice, &self.protocols).map_err(ClientFault::Protocol)?;
        Ok(Agreed {
            protocol,
            deflate: self.verify_extensions(response)?,
        })
    }

    fn check_accept(&self, response: &impl HeaderView) -> Result<(), FieldFault> {
        // RFC 6455 §11.3.3-1 MUST NOT: two answers are no answer.
        let value = exactly_one(response, "Sec-WebSocket-Accept")?;
        if value == accept_for(&self.key).as_bytes() {
            Ok(())
        } else {
            Err(FieldFault::invalid(value, "answer the key that was sent"))
        }
    }

    fn verify_extensions(
        &self,
        response: &impl HeaderView,
    ) -> Result<Option<DeflateAgreed>, ClientFault> {
        let lines = response.header_values("Sec-WebSocket-Extensions").count();
        if lines > 1 {
            // RFC 6455 §11.3.2-1 MUST NOT: requests may split the list over lines, responses not.
            let fault = ExtensionFault::RepeatedHeader { count: lines };
            return Err(ClientFault::Extension(fault));
        }
        let values = response.header_values("Sec-WebSocket-Extensions");
        let list = extension::parse_extensions(values).map_err(ClientFault::Extension)?;
        // RFC 6455 §9.1-5 MUST NOT: what the list does not have stays `None`.
        let mut agreed = None;
        for element in &list {
            // RFC 6455 §4.1-32 §9.1-3 MUST: the one registered extension, and only if offered.
            if element.name != deflate_params::NAME || self.deflate.is_empty() {
                let name = excerpt(element.name.as_bytes());
                return Err(ClientFault::UnofferedExtension { name });
            }
            let deflate = deflate_params::verify_response(element, &self.deflate)
                .map_err(ClientFault::Deflate)?;
            // RFC 7692 §5-7 MUST: even the extension itself, twice, is two users of RSV1.
            if agreed.replace(deflate).is_some() {
                return Err(ClientFault::Deflate(DeflateFault::RepeatedExtension));
            }
        }
        Ok(agreed)
    }
}

/// A response, unlike a request, may not list other protocols to upgrade to.
fn check_upgrade(response: &impl HeaderView) -> Result<(), FieldFault> {
    let value = exactly_one(response, "Upgrade")?;
    if value.eq_ignore_ascii_case(b"websocket") {
        Ok(())
    } else {
        Err(FieldFault::invalid(value, "be websocket"))
    }
}
