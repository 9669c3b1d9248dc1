//! The running services are called by clients that know only a released version.
//!
//! For every contract with services and every released version of it: each method of that
//! version is called with messages built from the released descriptors, and the answers are
//! decoded under them. *Holds*: a method that no scenario below calls fails the test.

mod dynamic;
mod scenario;

use std::collections::BTreeSet;
use std::path::Path;

use dynamic::Caller;
use treaty_testkit::Plain;

use crate::shop::Shop;

#[tokio::test(flavor = "multi_thread")]
async fn every_released_version_is_still_served() -> anyhow::Result<()> {
    let shop = Shop::open().await?;
    let outside = shop.world.outside().await?;
    let mut versions = 0;
    for (name, version, descriptors) in released()? {
        let caller = Caller::new(&descriptors, outside.clone())?;
        let methods = caller.methods_of(&name);
        // The product's own protocols are called by everything that runs here.
        if methods.is_empty() || name.starts_with("treaty.") {
            continue;
        }
        let called = call_all(&name, &version, &caller, &outside).await?;
        let missing: Vec<_> = methods.difference(&called).collect();
        assert!(missing.is_empty(), "{name} {version}: no scenario calls {missing:?}");
        println!("{name} {version}: {} methods answered", methods.len());
        versions += 1;
    }
    assert!(versions >= 4, "only {versions} released versions were called");
    shop.close().await
}

async fn call_all(
    contract: &str,
    version: &str,
    caller: &Caller,
    outside: &Plain,
) -> anyhow::Result<BTreeSet<String>> {
    match contract {
        "shop.catalog" => scenario::catalog(caller).await,
        "shop.orders" => scenario::orders(caller, version).await,
        "shop.dispatch" => scenario::dispatch(caller, version, outside).await,
        other => anyhow::bail!("no scenario for {other}; write one in scenario.rs"),
    }
}

/// Name, version and descriptors of everything that was released.
fn released() -> anyhow::Result<Vec<(String, String, Vec<u8>)>> {
    let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("../proto");
    let mut found = Vec::new();
    for contract in contracts::ALL {
        let folder = proto.join(contract.name.replace('.', "/")).join("released");
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "binpb") {
                let version = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                found.push((contract.name.to_owned(), version, std::fs::read(&path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}
