//! What the shop sells: products, prices, stock.
//!
//! Serves `shop.catalog.v1` and `v2` from one store, and takes from the stock what orders
//! were placed for. — *Does not* reserve: an order is checked against the stock that is shown,
//! and two orders at the same time may together take more than there is. The stock then goes
//! below 0 inside, is shown as 0, and support sorts it out.

mod convert;
mod page;
mod product;
mod refusal;
mod seed;
mod service;
mod store;
mod subscription;
mod watch;

use contracts::shop::catalog::{v1, v2};
use treaty_mesh::Mesh;

use service::{V1, V2};
use store::Store;

/// Serves the catalog until the node is told to end.
///
/// # Errors
/// When the database cannot be opened, or the node cannot serve.
pub async fn run(mesh: Mesh) -> anyhow::Result<()> {
    let store = Store::open(&mesh.data_dir().join("catalog.db")).await?;
    store.seed(seed::ASSORTMENT).await?;
    let bus = treaty_bus::Client::new(mesh.channel("bus"));
    let shutdown = mesh.shutdown().clone();
    mesh.spawn("stock changes", store.changes().clone().follow(shutdown.clone()));
    mesh.spawn("orders placed", subscription::run(bus, store.clone(), shutdown.clone()));
    mesh.server()
        .serves(&contracts::SHOP_CATALOG)
        .add_service(v1::catalog_service_server::CatalogServiceServer::new(V1::new(store.clone())))
        .add_service(v2::catalog_service_server::CatalogServiceServer::new(V2::new(
            store, shutdown,
        )))
        .run()
        .await?;
    Ok(())
}
