//! The running services are called by clients that know only a released version.
//!
//! For every contract with services and every released version of it: each method of that
//! version is called with messages built from the released descriptors, and the answers are
//! decoded under them. *Holds*: a method that no scenario below calls fails the test.

mod dynamic;
mod scenario;

use std::collections::BTreeSet;

use dynamic::Caller;
use treaty_testkit::Plain;

use crate::history;
use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn every_released_version_is_still_served() -> anyhow::Result<()> {
    let shop = Shop::open().await?;
    let outside = shop.world.outside().await?;
    let mut versions = 0;
    for contract in history::contracts() {
        for release in &contract.releases {
            let caller = Caller::new(&release.descriptors, outside.clone())?;
            let methods = caller.methods_of(&contract.name);
            if methods.is_empty() || contract.name.starts_with("treaty.") {
                continue;
            }
            let called = call_all(&contract.name, &caller, &outside).await?;
            let missing: Vec<_> = methods.difference(&called).collect();
            assert!(
                missing.is_empty(),
                "{} {}: no scenario calls {missing:?}",
                contract.name,
                release.version
            );
            println!("{} {}: {} methods answered", contract.name, release.version, methods.len());
            versions += 1;
        }
    }
    assert!(versions >= 4, "only {versions} released versions were called");
    shop.close().await
}

async fn call_all(
    contract: &str,
    caller: &Caller,
    outside: &Plain,
) -> anyhow::Result<BTreeSet<String>> {
    match contract {
        "shop.catalog" => scenario::catalog(caller).await,
        "shop.orders" => scenario::orders(caller).await,
        "shop.dispatch" => scenario::dispatch(caller, outside).await,
        other => anyhow::bail!("no scenario for {other}; write one in scenario.rs"),
    }
}
