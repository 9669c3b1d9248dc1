//! Sends out what was ordered.
//!
//! Serves `shop.dispatch.v1`, publishes `shop.dispatch.events.v1`. — *Holds*: an order has one
//! shipment, however often its event is delivered; a shipment leaves once, and that it left is
//! announced if and only if it is on disk.

mod convert;
mod events;
mod page;
mod refusal;
mod service;
mod shipment;
mod store;
mod subscription;
mod validate;

use contracts::shop::dispatch::v1::dispatch_service_server::DispatchServiceServer;
use treaty_bus::outbox::Relay;
use treaty_mesh::Mesh;

use service::Dispatch;
use store::Store;

/// Serves dispatch until the node is told to end.
///
/// # Errors
/// When the database cannot be opened, or the node cannot serve.
pub async fn run(mesh: Mesh) -> anyhow::Result<()> {
    let store = Store::open(&mesh.data_dir().join("dispatch.db")).await?;
    let bus = treaty_bus::Client::new(mesh.channel("bus"));
    let relay = Relay::new(store.outbox(), bus.clone());
    let wake = relay.wake();
    // The relay goes on until the last call has written its event.
    mesh.spawn("outbox", relay.run(mesh.calls_done().clone()));
    mesh.spawn("orders placed", subscription::run(bus, store.clone(), mesh.shutdown().clone()));
    mesh.server()
        .serves(&contracts::SHOP_DISPATCH)
        .serves(&contracts::SHOP_DISPATCH_EVENTS)
        .add_service(DispatchServiceServer::new(Dispatch::new(store, wake)))
        .run()
        .await?;
    Ok(())
}
