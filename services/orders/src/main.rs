//! The orders service as a process.

use contracts::{SHOP_CATALOG, SHOP_DISPATCH_EVENTS, TREATY_BUS};
use treaty_mesh::{Config, Mesh};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    treaty_mesh::telemetry::init();
    let config =
        Config::from_env()?.uses(&SHOP_CATALOG).uses(&SHOP_DISPATCH_EVENTS).uses(&TREATY_BUS);
    orders::run(Mesh::join(config).await?).await
}
