//! Hears from control which instances take calls.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use contracts::treaty::control::v1::{Endpoint, EndpointState, ResourceKind};
use treaty_core::spiffe::SpiffeId;
use treaty_mesh::{Config, JoinError, Mesh};

/// A member of the mesh that only watches.
pub(super) struct Readiness {
    mesh: Mesh,
}

impl Readiness {
    /// Joins as the operator.
    pub(super) async fn join(
        operator: SpiffeId,
        control: String,
        ca: PathBuf,
        token: PathBuf,
    ) -> Result<Self, JoinError> {
        let mut config = Config::new(operator, control, ca, token);
        config.connect_timeout = Duration::from_millis(500);
        config.backoff.initial = Duration::from_millis(20);
        let mesh = Mesh::join(config).await?;
        mesh.discovery().subscribe_all(ResourceKind::Endpoint);
        Ok(Self { mesh })
    }

    /// Waits until something about the mesh has changed.
    pub(super) async fn changed(&self, after: &mut u64) {
        let mut changes = self.mesh.discovery().cache().changes();
        if let Ok(now) = changes.wait_for(|now| *now != *after).await {
            *after = *now;
        }
    }

    /// The instances that take calls, by the name of their process.
    pub(super) fn ready(&self) -> BTreeMap<String, Endpoint> {
        let endpoints = self.mesh.discovery().cache().endpoints();
        endpoints
            .into_iter()
            .filter(|endpoint| endpoint.state() == EndpointState::Ready)
            .filter_map(|endpoint| {
                let (process, _) = endpoint.node_id.rsplit_once('-')?;
                Some((process.to_owned(), endpoint))
            })
            .collect()
    }
}
