//! The shop in a world of its own, with the configuration that `make up` runs.

use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use treaty_testkit::{Instance, World};

/// Who may call whom.
pub(crate) const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../services/policy.yaml");
/// Which of the world's documents it is.
pub(crate) const POLICY_INDEX: usize = 0;
/// What the gateway exposes.
pub(crate) const ROUTES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../services/routes.yaml");

/// Control, bus and gateway, without services.
pub(crate) async fn world() -> anyhow::Result<World> {
    World::start(&documents(), &WORKLOADS).await.context("the world does not start")
}

/// The same, with certificates that last so long.
pub(crate) async fn world_of(certificate_lifetime: Duration) -> anyhow::Result<World> {
    World::start_with(&documents(), &WORKLOADS, certificate_lifetime)
        .await
        .context("the world does not start")
}

const WORKLOADS: [&str; 4] = ["catalog", "orders", "dispatch", "operator"];

fn documents() -> [&'static Path; 2] {
    [Path::new(POLICY), Path::new(ROUTES)]
}

/// The whole shop, ready.
pub(crate) struct Shop {
    pub(crate) world: World,
    pub(crate) catalog: Instance,
    pub(crate) orders: Instance,
    pub(crate) dispatch: Instance,
}

impl Shop {
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let world = world().await?;
        let catalog = world.launch("catalog", catalog::run).await?;
        let orders = world.launch("orders", orders::run).await?;
        let dispatch = world.launch("dispatch", dispatch::run).await?;
        world.wait_for(&[("catalog", 1), ("orders", 1), ("dispatch", 1)].into()).await?;
        Ok(Self { world, catalog, orders, dispatch })
    }

    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.dispatch.stop().await?;
        self.orders.stop().await?;
        self.catalog.stop().await?;
        self.world.stop().await
    }
}
