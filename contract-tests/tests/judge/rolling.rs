//! Every service is replaced under a steady load, and not one call fails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use contracts::shop::catalog::v2::GetProductRequest;
use contracts::shop::catalog::v2::catalog_service_client::CatalogServiceClient;
use contracts::shop::dispatch::v1::dispatch_service_client::DispatchServiceClient;
use contracts::shop::dispatch::v1::{ListShipmentsRequest, MarkShippedRequest};
use contracts::shop::orders::v1::orders_service_client::OrdersServiceClient;
use contracts::shop::orders::v1::{
    OrderState, PlaceOrderRequest, WatchOrderRequest, place_order_request::Line,
};
use tokio::sync::{mpsc, watch};
use treaty_testkit::Plain;

use crate::shop::Shop;

const WORKERS: usize = 8;
/// Calls that must succeed between two steps, so that every step happens under load.
const CALLS_PER_STEP: usize = 200;
const STEP_TIMEOUT: Duration = Duration::from_secs(60);

/// A load that goes on until it is dropped.
struct Load {
    succeeded: watch::Receiver<usize>,
    failed: mpsc::UnboundedReceiver<String>,
    stop: Arc<AtomicUsize>,
    workers: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    fn start(channel: &Plain) -> Self {
        let (count, succeeded) = watch::channel(0);
        let count = Arc::new(count);
        let (tell, failed) = mpsc::unbounded_channel();
        let stop = Arc::new(AtomicUsize::new(0));
        let workers = (0..WORKERS)
            .map(|worker| {
                let (channel, count, tell, stop) =
                    (channel.clone(), Arc::clone(&count), tell.clone(), Arc::clone(&stop));
                tokio::spawn(async move {
                    for round in 0.. {
                        if stop.load(Ordering::Relaxed) > 0 {
                            return;
                        }
                        match call(&channel, worker, round).await {
                            Ok(()) => count.send_modify(|count| *count += 1),
                            Err(status) => {
                                let _ =
                                    tell.send(format!("worker {worker}, call {round}: {status}"));
                            }
                        }
                    }
                })
            })
            .collect();
        Self { succeeded, failed, stop, workers }
    }

    /// Waits until this many more calls have succeeded.
    async fn go_on(&mut self) -> anyhow::Result<()> {
        let target = *self.succeeded.borrow() + CALLS_PER_STEP;
        tokio::time::timeout(STEP_TIMEOUT, self.succeeded.wait_for(|count| *count >= target))
            .await??;
        Ok(())
    }

    async fn end(mut self) -> anyhow::Result<(usize, Vec<String>)> {
        self.stop.store(1, Ordering::Relaxed);
        for worker in self.workers {
            worker.await?;
        }
        let mut failures = Vec::new();
        while let Ok(failure) = self.failed.try_recv() {
            failures.push(failure);
        }
        Ok((*self.succeeded.borrow(), failures))
    }
}

/// One call of a mix: reads, writes, and calls that cause calls.
async fn call(channel: &Plain, worker: usize, round: usize) -> Result<(), tonic::Status> {
    match (worker + round) % 3 {
        0 => {
            let request =
                GetProductRequest { sku: "TEA-EARL-100".to_owned(), ..Default::default() };
            CatalogServiceClient::new(channel.clone()).get_product(request).await.map(drop)
        }
        1 => {
            let request = PlaceOrderRequest {
                customer_id: format!("customer-{worker}"),
                lines: vec![Line {
                    sku: "TEA-EARL-100".to_owned(),
                    quantity: 1,
                    ..Default::default()
                }],
                idempotency_key: format!("order-{round}"),
                ..Default::default()
            };
            OrdersServiceClient::new(channel.clone()).place_order(request).await.map(drop)
        }
        _ => {
            let request = ListShipmentsRequest { page_size: 1, ..Default::default() };
            DispatchServiceClient::new(channel.clone()).list_shipments(request).await.map(drop)
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_replaced_one_by_one_and_no_call_fails() -> anyhow::Result<()> {
    let Shop { world, catalog, orders, dispatch } = Shop::open().await?;
    let mut load = Load::start(&world.outside().await?);
    load.go_on().await?;

    let two = |workload| BTreeMap::from([(workload, 2)]);
    let new_catalog = world.launch("catalog", catalog::run).await?;
    world.wait_for(&two("catalog")).await?;
    orders.mesh().channel("catalog").wait_for_endpoints(2).await;
    load.go_on().await?;
    catalog.stop().await?;
    println!("catalog replaced after {} calls", *load.succeeded.borrow());
    load.go_on().await?;

    let new_orders = world.launch("orders", orders::run).await?;
    world.wait_for(&two("orders")).await?;
    load.go_on().await?;
    orders.stop().await?;
    println!("orders replaced after {} calls", *load.succeeded.borrow());
    load.go_on().await?;

    let new_dispatch = world.launch("dispatch", dispatch::run).await?;
    world.wait_for(&two("dispatch")).await?;
    load.go_on().await?;
    dispatch.stop().await?;
    println!("dispatch replaced after {} calls", *load.succeeded.borrow());
    load.go_on().await?;

    let (succeeded, failures) = load.end().await?;
    println!("{succeeded} calls succeeded, {} failed", failures.len());
    for instance in [new_dispatch, new_orders, new_catalog] {
        instance.stop().await?;
    }
    world.stop().await?;
    assert!(failures.is_empty(), "{failures:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_in_flight_is_finished_by_the_instance_that_drains() -> anyhow::Result<()> {
    let Shop { world, catalog, orders, dispatch } = Shop::open().await?;
    let outside = world.outside().await?;
    let mut client = OrdersServiceClient::new(outside.clone());
    let request = PlaceOrderRequest {
        customer_id: "patient".to_owned(),
        lines: vec![Line { sku: "TEA-EARL-100".to_owned(), quantity: 1, ..Default::default() }],
        idempotency_key: "only".to_owned(),
        ..Default::default()
    };
    let placed = client.place_order(request).await?.into_inner().order.context("no order")?;
    let order_id = placed.order_id;
    let request = WatchOrderRequest { order_id: order_id.clone(), ..Default::default() };
    let mut watch = client.watch_order(request).await?.into_inner();
    let first = watch.message().await?.and_then(|change| change.order).context("no order")?;
    assert_eq!(first.state(), OrderState::Confirmed);

    let draining = orders.mesh().clone();
    let successor = world.launch("orders", orders::run).await?;
    world.wait_for(&BTreeMap::from([("orders", 2)])).await?;
    let stopping = tokio::spawn(orders.stop());
    draining.shutdown().cancelled().await;

    let mut dispatcher = DispatchServiceClient::new(outside);
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let shipment = loop {
        ticks.tick().await;
        let request = ListShipmentsRequest { order_id: order_id.clone(), ..Default::default() };
        let found = dispatcher.list_shipments(request).await?.into_inner().shipments;
        if let Some(shipment) = found.into_iter().next() {
            break shipment;
        }
    };
    let tracking_code = "TRACK-9".to_owned();
    let request = MarkShippedRequest {
        shipment_id: shipment.shipment_id,
        tracking_code,
        ..Default::default()
    };
    dispatcher.mark_shipped(request).await?;

    let last = watch.message().await?.and_then(|change| change.order).context("the watch ended")?;
    assert_eq!((last.state(), last.tracking_code.as_str()), (OrderState::Shipped, "TRACK-9"));
    assert!(watch.message().await?.is_none(), "a shipped order is final");
    stopping.await??;
    for instance in [dispatch, successor, catalog] {
        instance.stop().await?;
    }
    world.stop().await
}
