//! Takes orders and tells what became of them.
//!
//! Serves `shop.orders.v1`, publishes `shop.orders.events.v1`. — *Does not* hold stock back: it
//! compares an order with the stock that the catalog shows, and the catalog takes the pieces
//! when it hears of the order; two orders at the same time may together exceed the stock. —
//! *Holds*: an order is confirmed only once it and its event are on disk.

mod assortment;
mod convert;
mod events;
mod money;
mod order;
mod page;
mod place;
mod refusal;
mod service;
mod store;
mod subscription;
mod validate;
mod watch;

use contracts::shop::orders::v1::orders_service_server::OrdersServiceServer;
use treaty_bus::outbox::Relay;
use treaty_mesh::Mesh;

use assortment::MeshCatalog;
use service::Orders;
use store::Store;

/// Serves orders until the node is told to end.
///
/// # Errors
/// When the database cannot be opened, or the node cannot serve.
pub async fn run(mesh: Mesh) -> anyhow::Result<()> {
    let store = Store::open(&mesh.data_dir().join("orders.db")).await?;
    let bus = treaty_bus::Client::new(mesh.channel("bus"));
    // What calls in flight need goes on for as long as they do.
    let (shutdown, calls_done) = (mesh.shutdown().clone(), mesh.calls_done().clone());
    let relay = Relay::new(store.outbox(), bus.clone());
    let wake = relay.wake();
    mesh.spawn("outbox", relay.run(calls_done.clone()));
    mesh.spawn("order changes", store.changes().clone().follow(calls_done.clone()));
    mesh.spawn("shipments", subscription::run(bus, store.clone(), shutdown));
    let catalog = MeshCatalog::new(mesh.channel("catalog"));
    mesh.server()
        .serves(&contracts::SHOP_ORDERS)
        .serves(&contracts::SHOP_ORDERS_EVENTS)
        .add_service(OrdersServiceServer::new(Orders::new(store, catalog, wake, calls_done)))
        .run()
        .await?;
    Ok(())
}
