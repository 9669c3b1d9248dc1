//! Answers requests for certificates: to the bearer of a token, or under a valid certificate.
//!
//! *Holds*: the SPIFFE id comes from the proof, never from the request; DNS names only as
//! far as they were granted.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use contracts::treaty::control::v1::identity_service_server as grpc;
use contracts::treaty::control::v1::{SignCertificateRequest, SignCertificateResponse};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};
use treaty_core::spiffe::SpiffeId;
use treaty_mesh::Identity;
use treaty_mesh::server::Peer;

use crate::authority::{Authority, Signed};
use crate::tokens::Tokens;

/// The service `treaty.control.v1.IdentityService`.
pub(crate) struct IdentityService {
    authority: Arc<Authority>,
    tokens: Tokens,
}

impl IdentityService {
    pub(crate) fn new(authority: Arc<Authority>, tokens: Tokens) -> Self {
        Self { authority, tokens }
    }

    /// Who asks, by token or by certificate.
    fn proven(&self, token: &str, peer: Option<&Peer>) -> Result<SpiffeId, Status> {
        if !token.is_empty() {
            let bearer = self.tokens.bearer(token).map(|(id, _)| id.clone());
            return bearer.ok_or_else(|| {
                let address = peer.map(|peer| peer.address.to_string()).unwrap_or_default();
                tracing::warn!(address, "refused a certificate: unknown join token");
                Status::unauthenticated("the join token is not known to this control plane")
            });
        }
        peer.and_then(|peer| peer.id.clone())
            .ok_or_else(|| Status::unauthenticated("show a join token or a certificate"))
    }
}

#[tonic::async_trait]
impl grpc::IdentityService for IdentityService {
    async fn sign_certificate(
        &self,
        request: Request<SignCertificateRequest>,
    ) -> Result<Response<SignCertificateResponse>, Status> {
        let peer = request.extensions().get::<Peer>().cloned();
        let request = request.into_inner();
        let id = self.proven(&request.join_token, peer.as_ref())?;
        let Some(granted) = self.tokens.edge_names_of(&id) else {
            tracing::warn!(%id, "refused a certificate: nothing is granted to it any more");
            return Err(Status::permission_denied(format!("{id} has no grant here")));
        };
        if let Some(name) = request.dns_names.iter().find(|name| !granted.contains(name)) {
            tracing::warn!(%id, name, "refused a certificate: DNS name not granted");
            return Err(Status::permission_denied(format!("{id} may not serve `{name}`")));
        }
        if request.dns_names.len() > granted.len() {
            return Err(Status::invalid_argument("dns_names: more names than are granted"));
        }
        let csr = &request.certificate_signing_request;
        let invalid = |error: rcgen::Error| {
            Status::invalid_argument(format!("certificate_signing_request: {error}"))
        };
        let signed = self.authority.sign_workload(csr, &id).map_err(invalid)?;
        let edge = match request.dns_names.as_slice() {
            [] => None,
            names => Some(self.authority.sign_edge(csr, names).map_err(invalid)?),
        };
        tracing::info!(%id, "signed a certificate");
        let since_epoch =
            signed.not_after.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Ok(Response::new(SignCertificateResponse {
            certificate_chain: der(&signed),
            trust_bundle: vec![self.authority.root().to_vec().into()],
            spiffe_id: id.to_string(),
            not_after: Some(prost_types::Timestamp {
                seconds: i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX),
                nanos: 0,
            }),
            edge_certificate_chain: edge.as_ref().map(der).unwrap_or_default(),
        }))
    }
}

fn der(signed: &Signed) -> Vec<prost::bytes::Bytes> {
    signed.chain.iter().map(|certificate| certificate.to_vec().into()).collect()
}

/// Renews control's own certificate at half its lifetime.
pub(crate) async fn keep_own_fresh(
    authority: Arc<Authority>,
    identity: Arc<Identity>,
    shutdown: CancellationToken,
) {
    loop {
        let left = identity.not_after().duration_since(SystemTime::now()).unwrap_or_default();
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep((left / 2).max(Duration::from_secs(1))) => {}
        }
        let renewed = authority.issue_own(identity.id()).map_err(|error| error.to_string());
        let replaced = renewed
            .and_then(|material| identity.replace(&material).map_err(|error| error.to_string()));
        if let Err(error) = replaced {
            tracing::error!(error, "cannot renew the certificate of control");
        }
    }
}
