//! The dispatch service as a process.

use contracts::{SHOP_ORDERS_EVENTS, TREATY_BUS};
use treaty_mesh::{Config, Mesh};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    treaty_mesh::telemetry::init();
    let config = Config::from_env()?.uses(&SHOP_ORDERS_EVENTS).uses(&TREATY_BUS);
    dispatch::run(Mesh::join(config).await?).await
}
