//! Reads the SPIFFE id in a certificate: its one URI subject alternative name.
//!
//! *Does not* check signatures. — *Source*: X.509-SVID, section 2: exactly one URI SAN.

use rustls::pki_types::CertificateDer;
use treaty_core::spiffe::SpiffeId;
use x509_parser::extensions::GeneralName;

/// The SPIFFE id in a certificate, or `None` when there is not exactly one that is ours.
pub fn spiffe_id_of(certificate: &CertificateDer<'_>) -> Option<SpiffeId> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    let names = parsed.subject_alternative_name().ok()??;
    let mut uris = names.value.general_names.iter().filter_map(|name| match name {
        GeneralName::URI(uri) => Some(*uri),
        _ => None,
    });
    match (uris.next(), uris.next()) {
        (Some(uri), None) => uri.parse().ok(),
        _ => None,
    }
}
