//! Every process is killed in the middle of 200 orders: none is lost, each is dispatched
//! exactly once in effect, and the stock is right to the piece.
//!
//! *Source*: B15 of the bus's guarantees, with SIGKILL in place of planned ends.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use contracts::shop::catalog::v2::catalog_service_client::CatalogServiceClient;
use contracts::shop::catalog::v2::{GetProductRequest, WatchStockRequest};
use contracts::shop::dispatch::v1::ListShipmentsRequest;
use contracts::shop::dispatch::v1::dispatch_service_client::DispatchServiceClient;
use contracts::shop::orders::v1::orders_service_client::OrdersServiceClient;
use contracts::shop::orders::v1::{PlaceOrderRequest, place_order_request::Line};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::time::error::Elapsed;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tonic::Code;
use treaty_testkit::{Plain, Processes};

const ORDERS: usize = 200;
const IN_FLIGHT: usize = 8;
const SKU: &str = "TEA-EARL-100";
/// Who is killed, and while which order is placed.
const KILLS: [(usize, &str); 6] = [
    (20, "catalog-1"),
    (55, "orders-1"),
    (90, "dispatch-1"),
    (125, "bus"),
    (150, "control"),
    (175, "bus"),
];
/// One order may need a restart of whatever was killed.
const ORDER_TIMEOUT: Duration = Duration::from_secs(60);
const SETTLE_TIMEOUT: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn no_confirmed_order_is_lost_when_processes_are_killed() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shop = Processes::up(&root, &root.join("services/mesh.yaml")).await?;
    let outside = shop.outside().await?;
    let before = stock(&outside).await?;

    let repeats = AtomicUsize::new(0);
    let mut killed = BTreeMap::new();
    let mut placing = FuturesUnordered::new();
    let mut confirmed: BTreeMap<String, i32> = BTreeMap::new();
    for number in 0..ORDERS {
        placing.push(timeout(ORDER_TIMEOUT, place(&outside, number, &repeats)));
        // Whoever is killed has calls in flight.
        for (_, victim) in KILLS.iter().filter(|(at, _)| *at == number) {
            timeout(SETTLE_TIMEOUT, runs_again(&shop, victim, killed.get(victim))).await?;
            killed.insert(*victim, shop.pid(victim));
            shop.kill(victim)?;
            println!("killed {victim} at order {number}, with {} in flight", placing.len());
        }
        if placing.len() == IN_FLIGHT {
            confirm(&mut confirmed, placing.next().await)?;
        }
    }
    while let Some(placed) = placing.next().await {
        confirm(&mut confirmed, Some(placed))?;
    }
    let repeats = repeats.load(Ordering::Relaxed);
    println!("{} orders confirmed, {repeats} calls repeated", confirmed.len());
    assert_eq!(confirmed.len(), ORDERS);

    let ordered: i32 = confirmed.values().sum();
    timeout(SETTLE_TIMEOUT, stock_falls_to(&outside, before - ordered))
        .await
        .context("the stock did not fall to what it must be")??;
    println!("stock went from {before} by {ordered} pieces");
    let orders = confirmed.keys().cloned().collect();
    timeout(SETTLE_TIMEOUT, every_order_has_its_shipment(&outside, &orders))
        .await
        .context("not every order was dispatched")??;
    assert_eq!(stock(&outside).await?, before - ordered, "stock changed after everything settled");

    for (victim, pid) in killed {
        let now = shop.pid(victim);
        assert!(now.is_some() && now != pid, "{victim} was not started again");
    }
    let said = shop.end().await?;
    assert!(!said.iter().any(|line| line.contains("is killed")), "{said:#?}");
    Ok(())
}

/// Nobody reads any more what they log then.
#[tokio::test(flavor = "multi_thread")]
async fn everything_ends_when_its_supervisor_is_killed() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shop = Processes::up(&root, &root.join("services/mesh.yaml")).await?;
    assert!(shop.kill_supervisor().await?, "somebody goes on without a supervisor");
    Ok(())
}

type Placed = Result<anyhow::Result<(String, i32)>, Elapsed>;

fn confirm(confirmed: &mut BTreeMap<String, i32>, placed: Option<Placed>) -> anyhow::Result<()> {
    let placed = placed.context("nothing is in flight")?;
    let (order, quantity) = placed.context("an order was not confirmed in time")??;
    assert!(confirmed.insert(order, quantity).is_none(), "an order id came twice");
    Ok(())
}

/// Places an order and repeats the call until it is answered, as a careful caller does.
async fn place(
    outside: &Plain,
    number: usize,
    repeats: &AtomicUsize,
) -> anyhow::Result<(String, i32)> {
    let quantity = i32::try_from(number % 3 + 1)?;
    let request = PlaceOrderRequest {
        customer_id: "survivor".to_owned(),
        lines: vec![Line { sku: SKU.to_owned(), quantity, ..Default::default() }],
        idempotency_key: format!("order-{number}"),
        ..Default::default()
    };
    let mut client = OrdersServiceClient::new(outside.clone());
    let mut pause = ticks();
    loop {
        match client.place_order(request.clone()).await {
            Ok(answer) => {
                let order = answer.into_inner().order.context("no order in the answer")?;
                assert_eq!(order.lines[0].quantity, quantity);
                return Ok((order.order_id, quantity));
            }
            Err(status) if matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded) => {
                repeats.fetch_add(1, Ordering::Relaxed);
                pause.tick().await;
            }
            Err(status) => anyhow::bail!("order {number}: {status}"),
        }
    }
}

async fn stock(outside: &Plain) -> anyhow::Result<i32> {
    let request = GetProductRequest { sku: SKU.to_owned(), ..Default::default() };
    let answer = CatalogServiceClient::new(outside.clone()).get_product(request).await?;
    Ok(answer.into_inner().product.context("no product")?.stock)
}

/// Watches the stock; it must never fall below what it must be in the end.
async fn stock_falls_to(outside: &Plain, target: i32) -> anyhow::Result<()> {
    let request = WatchStockRequest { skus: vec![SKU.to_owned()], ..Default::default() };
    let mut changes =
        CatalogServiceClient::new(outside.clone()).watch_stock(request).await?.into_inner();
    while let Some(change) = changes.message().await? {
        assert!(change.stock >= target, "taken twice: {} is below {target}", change.stock);
        if change.stock == target {
            return Ok(());
        }
    }
    anyhow::bail!("the watch ended")
}

/// Looks until there are as many shipments as orders; then each order must have one.
async fn every_order_has_its_shipment(
    outside: &Plain,
    orders: &BTreeSet<String>,
) -> anyhow::Result<()> {
    let mut pause = ticks();
    loop {
        let shipments = shipments(outside).await?;
        let distinct: BTreeSet<String> = shipments.iter().cloned().collect();
        assert_eq!(distinct.len(), shipments.len(), "an order was dispatched twice");
        if &distinct == orders {
            return Ok(());
        }
        assert!(distinct.is_subset(orders), "dispatched what nobody was told is confirmed");
        pause.tick().await;
    }
}

/// The orders of all shipments.
async fn shipments(outside: &Plain) -> anyhow::Result<Vec<String>> {
    let mut client = DispatchServiceClient::new(outside.clone());
    let mut orders = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = ListShipmentsRequest { page_size: 100, page_token, ..Default::default() };
        let page = client.list_shipments(request).await?.into_inner();
        orders.extend(page.shipments.into_iter().map(|shipment| shipment.order_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(orders);
        }
    }
}

/// Waits until a process runs, as another than the one that was killed before.
async fn runs_again(shop: &Processes, victim: &str, before: Option<&Option<i32>>) {
    let mut pause = ticks();
    while shop.pid(victim).is_none() || before == Some(&shop.pid(victim)) {
        pause.tick().await;
    }
}

/// What has no event to wait for is looked at this often.
fn ticks() -> tokio::time::Interval {
    let mut ticks = interval(Duration::from_millis(50));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks.reset_at(Instant::now() + Duration::from_millis(50));
    ticks
}
