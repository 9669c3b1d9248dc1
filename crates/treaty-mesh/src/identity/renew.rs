//! Asks control for certificates: the first with a join token, the next under the last.
//!
//! *Holds*: a new key for every certificate; renewal at 50 to 70 % of the lifetime, so
//! that a fleet does not ask at once; the old certificate stays in use until the new one
//! is here. — *Does not* give up: while control is away it tries again with backoff.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use contracts::treaty::control::v1::identity_service_client::IdentityServiceClient;
use contracts::treaty::control::v1::{SignCertificateRequest, SignCertificateResponse};
use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_util::sync::CancellationToken;
use treaty_core::spiffe::{InvalidSpiffeId, SpiffeId};

use super::{Identity, InvalidMaterial, Material, root_store, tls};
use crate::config::Config;
use crate::transport::{self, ConnectError};

/// Why control gave no certificate.
#[derive(Debug, thiserror::Error)]
pub enum JoinFailed {
    /// A file that was named in the configuration cannot be used.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// Control cannot be reached.
    #[error("control at {address}: {source}")]
    Connect {
        /// Where it should be.
        address: String,
        /// Why not.
        source: ConnectError,
    },
    /// Control answered with an error.
    #[error("control refused a certificate: {} ({:?})", .0.message(), .0.code())]
    Refused(Box<tonic::Status>),
    /// What came cannot be used.
    #[error(transparent)]
    Material(#[from] InvalidMaterial),
    /// The key for the request could not be made.
    #[error("cannot make a key: {0}")]
    Key(#[from] rcgen::Error),
    /// The node was told to end before it had joined.
    #[error("told to end before control answered")]
    ToldToEnd,
    /// Control names us by an id that is not one.
    #[error(transparent)]
    Id(#[from] InvalidSpiffeId),
}

impl JoinFailed {
    /// Whether another attempt may succeed without anyone changing anything.
    fn is_passing(&self) -> bool {
        match self {
            Self::Connect { .. } => true,
            Self::Refused(status) => {
                matches!(status.code(), tonic::Code::Unavailable | tonic::Code::Cancelled)
            }
            _ => false,
        }
    }
}

/// What control gave: the identity, and the certificate for the edge if one was asked for.
pub(crate) struct Joined {
    pub(crate) identity: Identity,
    pub(crate) edge: Option<Material>,
}

/// Waits for control and asks for the first certificate.
pub(crate) async fn first_certificate(
    config: &Config,
    shutdown: &CancellationToken,
) -> Result<Joined, JoinFailed> {
    let mut failures = 0;
    loop {
        let asked = tokio::select! {
            () = shutdown.cancelled() => return Err(JoinFailed::ToldToEnd),
            asked = ask_with_token(config) => asked,
        };
        match asked {
            Ok(joined) => return Ok(joined),
            Err(error) if error.is_passing() => {
                failures += 1;
                let wait = config.backoff.wait(failures, fastrand::u64(..));
                tracing::info!(%error, ?wait, "waiting for control");
                tokio::select! {
                    () = shutdown.cancelled() => return Err(error),
                    () = tokio::time::sleep(wait) => {}
                }
            }
            Err(error) => return Err(error),
        }
    }
}

async fn ask_with_token(config: &Config) -> Result<Joined, JoinFailed> {
    let tls = token_tls(config)?;
    let token = read(&config.join_token)?.trim().to_owned();
    let (material, edge, id) = ask(config, tls, token).await?;
    Ok(Joined { identity: Identity::new(id, material)?, edge })
}

/// TLS that checks control against the bundle on disk and shows no certificate.
fn token_tls(config: &Config) -> Result<Arc<ClientConfig>, JoinFailed> {
    let path = &config.trust_bundle;
    let file = |reason: String| JoinFailed::File { path: path.display().to_string(), reason };
    let roots = CertificateDer::pem_slice_iter(read(path)?.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| file(error.to_string()))?;
    let roots = Arc::new(ArcSwap::from_pointee(root_store(&roots)?));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let control = config.id.sibling("control")?;
    tls::client_config(&provider, None, &roots, &control)
        .map_err(|error| InvalidMaterial::Tls(error).into())
}

fn read(path: &std::path::Path) -> Result<String, JoinFailed> {
    std::fs::read_to_string(path).map_err(|error| JoinFailed::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    })
}

async fn ask(
    config: &Config,
    tls: Arc<ClientConfig>,
    join_token: String,
) -> Result<(Material, Option<Material>, SpiffeId), JoinFailed> {
    let key = rcgen::KeyPair::generate()?;
    let request = rcgen::CertificateParams::default().serialize_request(&key)?;
    let connection = transport::connect(&config.control, tls, config)
        .await
        .map_err(|source| JoinFailed::Connect { address: config.control.clone(), source })?;
    let (channel, driver) = connection.into_channel();
    let driver = tokio::spawn(driver);
    let mut request = tonic::Request::new(SignCertificateRequest {
        certificate_signing_request: request.der().to_vec().into(),
        join_token,
        dns_names: config.edge_names.clone(),
    });
    request.set_timeout(config.connect_timeout);
    let mut client = IdentityServiceClient::new(channel);
    let answer = tokio::time::timeout(config.connect_timeout, client.sign_certificate(request))
        .await
        .unwrap_or_else(|_| Err(tonic::Status::unavailable("control did not answer in time")))
        .map_err(|status| JoinFailed::Refused(Box::new(status)));
    driver.abort();
    let answer = answer?.into_inner();
    let id = answer.spiffe_id.parse()?;
    let edge = (!answer.edge_certificate_chain.is_empty())
        .then(|| material(&answer, &answer.edge_certificate_chain, &key));
    Ok((material(&answer, &answer.certificate_chain, &key), edge, id))
}

fn material(
    answer: &SignCertificateResponse,
    chain: &[impl AsRef<[u8]>],
    key: &rcgen::KeyPair,
) -> Material {
    let der = |bytes: &[u8]| CertificateDer::from(bytes.to_vec());
    let seconds = answer.not_after.as_ref().map_or(0, |time| time.seconds);
    let not_after =
        SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    Material {
        chain: chain.iter().map(|bytes| der(bytes.as_ref())).collect(),
        key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        roots: answer.trust_bundle.iter().map(|bytes| der(bytes)).collect(),
        not_after,
    }
}

/// Never ask control more often, whatever the clocks say.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
/// A machine that was suspended notices within this time that its certificate is due.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);

/// Sleeps until the wall clock says so; false when the node ends first.
async fn sleep_until(due: SystemTime, shutdown: &CancellationToken) -> bool {
    while let Ok(left) = due.duration_since(SystemTime::now()) {
        tokio::select! {
            () = shutdown.cancelled() => return false,
            () = tokio::time::sleep(left.min(LONGEST_SLEEP)) => {}
        }
    }
    !shutdown.is_cancelled()
}

/// Keeps an identity fresh for as long as the node lives.
pub(crate) struct Renewal {
    pub(crate) config: Config,
    pub(crate) identity: Arc<Identity>,
    /// Where a new edge certificate goes.
    pub(crate) on_edge: Arc<dyn Fn(Material) + Send + Sync>,
}

impl Renewal {
    /// Renews until `shutdown`.
    pub(crate) async fn run(self, shutdown: CancellationToken) {
        let mut failures = 0;
        loop {
            let left =
                self.identity.not_after().duration_since(SystemTime::now()).unwrap_or_default();
            let wait = match failures {
                0 => left.mul_f64(0.5 + 0.2 * fastrand::f64()).max(SHORTEST_WAIT),
                n => self.config.backoff.wait(n, fastrand::u64(..)).max(SHORTEST_WAIT),
            };
            let due = SystemTime::now() + wait;
            if !sleep_until(due, &shutdown).await {
                return;
            }
            match self.renew().await {
                Ok(()) => {
                    failures = 0;
                    tracing::debug!("renewed the certificate");
                }
                Err(error) => {
                    failures += 1;
                    tracing::warn!(%error, "could not renew the certificate; the old one stays in use");
                }
            }
        }
    }

    async fn renew(&self) -> Result<(), JoinFailed> {
        let control = self.identity.id().sibling("control")?;
        let tls = self.identity.client_config(&control).map_err(InvalidMaterial::Tls)?;
        let expired = self.identity.not_after() <= SystemTime::now();
        let (material, edge, _) = if expired {
            let token = read(&self.config.join_token)?.trim().to_owned();
            ask(&self.config, token_tls(&self.config)?, token).await?
        } else {
            ask(&self.config, tls, String::new()).await?
        };
        self.identity.replace(&material)?;
        if let Some(edge) = edge {
            (self.on_edge)(edge);
        }
        Ok(())
    }
}
