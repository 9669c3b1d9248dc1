//! The certificate authority of a trust domain: makes or loads its key, signs others'.
//!
//! *Does not* decide who is entitled to which name: see `tokens` and `identity`. —
//! *Holds*: the key lies in a file that only its owner may read, and in no log; a
//! workload's certificate carries one SPIFFE id and nothing else; one for the edge
//! carries DNS names and no SPIFFE id, so it is nobody in the mesh. — *Source*:
//! X.509-SVID; RFC 5280.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, PublicKeyData,
    SanType,
};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{
    CertificateDer, CertificateSigningRequestDer, PrivateKeyDer, PrivatePkcs8KeyDer,
};
use time::OffsetDateTime;
use treaty_core::spiffe::SpiffeId;
use treaty_mesh::Material;

use crate::config::Config;

/// Clocks may differ by this much.
const CLOCK_SKEW: Duration = Duration::from_secs(60);
const CA_LIFETIME: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// A key that signs certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
    lifetime: Duration,
}

/// Why the authority cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{path}: {reason}; delete both it and its partner to start a new trust domain")]
    Content {
        /// The file.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A certificate cannot be made.
    #[error("cannot sign: {0}")]
    Sign(#[from] rcgen::Error),
}

/// A certificate that was signed.
pub struct Signed {
    /// Leaf first.
    pub chain: Vec<CertificateDer<'static>>,
    /// When the leaf ends.
    pub not_after: SystemTime,
}

impl Authority {
    /// Loads the authority from its files, or makes them.
    ///
    /// # Errors
    /// When a file cannot be read or written, or only one of the two is there.
    pub fn open(config: &Config) -> Result<Self, AuthorityError> {
        let (certificate, key) = (&config.ca_certificate, &config.ca_key);
        match (certificate.exists(), key.exists()) {
            (true, true) => Self::load(certificate, key, config.certificate_lifetime),
            (false, false) => Self::create(config),
            (true, false) => Err(missing_partner(certificate, key)),
            (false, true) => Err(missing_partner(key, certificate)),
        }
    }

    fn load(certificate: &Path, key: &Path, lifetime: Duration) -> Result<Self, AuthorityError> {
        let content = |path: &Path, reason: String| AuthorityError::Content {
            path: path.display().to_string(),
            reason,
        };
        let pem = read(certificate)?;
        let root = CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|error| content(certificate, error.to_string()))?;
        let pair =
            KeyPair::from_pem(&read(key)?).map_err(|error| content(key, error.to_string()))?;
        let issuer = Issuer::from_ca_cert_der(&root, pair)
            .map_err(|error| content(certificate, error.to_string()))?;
        Ok(Self { issuer, root, lifetime })
    }

    fn create(config: &Config) -> Result<Self, AuthorityError> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, format!("Treaty CA of {}", config.trust_domain));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let uri = format!("spiffe://{}", config.trust_domain);
        params.subject_alt_names = vec![SanType::URI(Ia5String::try_from(uri)?)];
        let now = SystemTime::now();
        params.not_before = OffsetDateTime::from(now - CLOCK_SKEW);
        params.not_after = OffsetDateTime::from(now + CA_LIFETIME);
        let certificate = params.self_signed(&key)?;
        write_secret(&config.ca_key, &key.serialize_pem())?;
        write(&config.ca_certificate, &certificate.pem())?;
        let root = certificate.der().clone();
        let issuer = Issuer::new(params, key);
        Ok(Self { issuer, root, lifetime: config.certificate_lifetime })
    }

    /// The root to trust.
    pub fn root(&self) -> &CertificateDer<'static> {
        &self.root
    }

    /// Signs the key in a request for a workload; the rest of the request is ignored.
    ///
    /// # Errors
    /// When the request cannot be read or its signature is wrong.
    pub fn sign_workload(&self, request: &[u8], id: &SpiffeId) -> Result<Signed, rcgen::Error> {
        let request = CertificateSigningRequestDer::from(request.to_vec());
        let request = CertificateSigningRequestParams::from_der(&request)?;
        self.sign(workload_params(id)?, &request.public_key)
    }

    /// Signs the key in a request for DNS names at the edge.
    ///
    /// # Errors
    /// As [`Authority::sign_workload`], and when a name is none.
    pub fn sign_edge(&self, request: &[u8], names: &[String]) -> Result<Signed, rcgen::Error> {
        let request = CertificateSigningRequestDer::from(request.to_vec());
        let request = CertificateSigningRequestParams::from_der(&request)?;
        let mut params = CertificateParams::new(names.to_vec())?;
        params.distinguished_name = DistinguishedName::new();
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self.sign(params, &request.public_key)
    }

    /// Makes a key and a certificate for control itself.
    ///
    /// # Errors
    /// When the key cannot be made.
    pub fn issue_own(&self, id: &SpiffeId) -> Result<Material, AuthorityError> {
        let key = KeyPair::generate()?;
        let signed = self.sign(workload_params(id)?, &key)?;
        Ok(Material {
            chain: signed.chain,
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
            roots: vec![self.root.clone()],
            not_after: signed.not_after,
        })
    }

    fn sign(
        &self,
        mut params: CertificateParams,
        public_key: &impl PublicKeyData,
    ) -> Result<Signed, rcgen::Error> {
        let now = SystemTime::now();
        let not_after = now + self.lifetime;
        params.not_before = OffsetDateTime::from(now - CLOCK_SKEW);
        params.not_after = OffsetDateTime::from(not_after);
        params.use_authority_key_identifier_extension = true;
        let certificate = params.signed_by(public_key, &self.issuer)?;
        Ok(Signed { chain: vec![certificate.der().clone()], not_after })
    }
}

fn workload_params(id: &SpiffeId) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.subject_alt_names = vec![SanType::URI(Ia5String::try_from(id.to_string())?)];
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    Ok(params)
}

fn missing_partner(found: &Path, missing: &Path) -> AuthorityError {
    AuthorityError::Content {
        path: found.display().to_string(),
        reason: format!("its partner {} is missing", missing.display()),
    }
}

fn read(path: &Path) -> Result<String, AuthorityError> {
    fs::read_to_string(path)
        .map_err(|source| AuthorityError::File { path: path.display().to_string(), source })
}

/// Readers see the whole file or none.
fn write(path: &Path, text: &str) -> Result<(), AuthorityError> {
    let unfinished = path.with_extension("unfinished");
    with_folder(path, || {
        fs::write(&unfinished, text)?;
        fs::rename(&unfinished, path)
    })
}

fn write_secret(path: &Path, text: &str) -> Result<(), AuthorityError> {
    with_folder(path, || {
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(text.as_bytes())
    })
}

fn with_folder(
    path: &Path,
    write: impl FnOnce() -> std::io::Result<()>,
) -> Result<(), AuthorityError> {
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| write())
        .map_err(|source| AuthorityError::File { path: path.display().to_string(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_is_never_seen_half_written() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let config = Config::new("shop.local", "shop", folder.path());
            let path = config.ca_certificate.clone();
            let reader = std::thread::spawn(move || {
                loop {
                    if let Ok(text) = fs::read_to_string(&path) {
                        return text;
                    }
                }
            });
            Authority::open(&config).unwrap();
            assert!(reader.join().unwrap().ends_with("-----END CERTIFICATE-----\n"));
        }
    }

    #[test]
    fn the_authority_outlives_a_restart_and_its_key_is_the_owners() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let config = Config::new("shop.local", "shop", folder.path());
        let root = Authority::open(&config).unwrap().root().clone();
        assert_eq!(Authority::open(&config).unwrap().root(), &root);
        let mode = fs::metadata(&config.ca_key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::remove_file(&config.ca_certificate).unwrap();
        let lost = Authority::open(&config).err().unwrap().to_string();
        assert!(lost.contains("its partner"), "{lost}");
    }

    #[test]
    fn a_certificate_names_whom_the_authority_says_whatever_was_asked() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::open(&Config::new("shop.local", "shop", folder.path())).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut asked = CertificateParams::default();
        let other = "spiffe://shop.local/ns/shop/sa/orders";
        asked.subject_alt_names = vec![SanType::URI(Ia5String::try_from(other).unwrap())];
        let request = asked.serialize_request(&key).unwrap();
        let id = SpiffeId::new("shop.local", "shop", "catalog").unwrap();
        let signed = authority.sign_workload(request.der(), &id).unwrap();
        assert_eq!(treaty_mesh::spiffe_id_of(&signed.chain[0]), Some(id));
        let names = ["localhost".to_owned()];
        let edge = authority.sign_edge(request.der(), &names).unwrap();
        assert_eq!(treaty_mesh::spiffe_id_of(&edge.chain[0]), None, "the edge is nobody");
    }
}
