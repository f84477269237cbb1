//! `GET /__mock/ca.pem`: what a client has to trust to reach the server over TLS.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderName, header::CONTENT_TYPE},
};
use tokio::sync::watch;

use super::{context::Control, error::ControlError};

/// Who vouches for the certificate of the server.
#[derive(Clone)]
pub enum Authority {
    /// Nobody: there is no TLS in this build.
    None,
    /// Somebody else: the certificate was given.
    Foreign,
    /// The server itself. The certificate of that authority, in PEM, as soon as it is made.
    Local(watch::Receiver<Option<Arc<str>>>),
}

/// The content type of a certificate.
pub(super) const PEM: &str = "application/x-pem-file";

type Pem = ([(HeaderName, &'static str); 1], String);

/// The certificate, waited for if need be.
pub(super) async fn show(State(control): State<Control>) -> Result<Pem, ControlError> {
    let mut pem = match control.authority {
        Authority::Local(pem) => pem,
        Authority::Foreign => {
            let text = "The certificate of this server is the one that --tls-cert names; \
                        its CA is known to whoever made it.";
            return Err(ControlError::not_found(text.to_owned()));
        }
        Authority::None => {
            let text = "This server was built without TLS; the feature tls of mock-calls has it.";
            return Err(ControlError::not_found(text.to_owned()));
        }
    };
    let pem = pem.wait_for(Option::is_some).await.ok().and_then(|pem| pem.clone());
    let Some(pem) = pem else {
        let text = "The CA could not be made; the server's log says why.";
        return Err(ControlError::not_found(text.to_owned()));
    };
    Ok(([(CONTENT_TYPE, PEM)], pem.to_string()))
}
