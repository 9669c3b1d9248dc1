//! Checks certificates of peers against the roots in use at the moment of the handshake.
//!
//! *Holds*: a server must be exactly the workload that was meant; a client may be any
//! workload of the trust domain, and authorization decides what it may do. — *Source*:
//! X.509-SVID section 5; RFC 5280 by rustls-webpki.

use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore,
    SignatureScheme,
};
use treaty_core::spiffe::SpiffeId;

use super::san::spiffe_id_of;

/// Accepts one workload and no other.
#[derive(Debug)]
pub(super) struct ServerIs {
    pub(super) peer: SpiffeId,
    pub(super) roots: Arc<ArcSwap<RootCertStore>>,
    pub(super) provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for ServerIs {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(
            &parsed,
            &self.roots.load(),
            intermediates,
            now,
            algorithms,
        )?;
        match spiffe_id_of(end_entity) {
            Some(found) if found == self.peer => Ok(ServerCertVerified::assertion()),
            found => {
                let found = found.map_or("nobody".to_owned(), |id| id.to_string());
                Err(Error::General(format!("expected {}, found {found}", self.peer)))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Accepts every workload of the trust domain, and callers without a certificate as nobody.
#[derive(Debug)]
pub(super) struct AnyWorkload {
    pub(super) trust_domain: String,
    pub(super) roots: Arc<ArcSwap<RootCertStore>>,
    pub(super) provider: Arc<CryptoProvider>,
}

impl AnyWorkload {
    fn webpki(&self) -> Result<Arc<dyn ClientCertVerifier>, Error> {
        let roots = self.roots.load_full();
        WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&self.provider))
            .allow_unauthenticated()
            .build()
            .map_err(|error| Error::General(error.to_string()))
    }
}

impl ClientCertVerifier for AnyWorkload {
    fn offer_client_auth(&self) -> bool {
        true
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let verified = self.webpki()?.verify_client_cert(end_entity, intermediates, now)?;
        match spiffe_id_of(end_entity) {
            Some(id) if id.trust_domain() == self.trust_domain => Ok(verified),
            _ => Err(CertificateError::ApplicationVerificationFailure.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki()?.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.webpki()?.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
