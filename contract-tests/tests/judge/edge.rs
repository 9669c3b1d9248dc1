//! What the gateway answers before control has told it what to expose.

use std::path::Path;
use std::time::Duration;

use contracts::shop::catalog::v2::BatchGetProductsRequest;
use contracts::shop::catalog::v2::catalog_service_client::CatalogServiceClient;
use tokio::time::interval;
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use treaty_testkit::World;

use crate::shop;

/// A caller may try again what is UNAVAILABLE, and must not what is UNIMPLEMENTED.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_without_routes_is_unavailable_until_it_has_some() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let none = folder.path().join("routes.yaml");
    std::fs::write(&none, "# Nothing is exposed yet.\n")?;
    let mut world =
        World::start(&[Path::new(shop::POLICY), &none], &["catalog", "orders", "dispatch"]).await?;
    let catalog = world.launch("catalog", catalog::run).await?;
    let outside = world.outside().await?;
    let mut client = CatalogServiceClient::new(outside.clone());
    let mut health = HealthClient::new(outside);
    let gateway = HealthCheckRequest::default;

    let status = health.check(gateway()).await?.into_inner().status();
    assert_eq!(status, ServingStatus::NotServing);
    let refused = client.batch_get_products(BatchGetProductsRequest::default()).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable, "{refused}");
    assert!(refused.message().contains("no routes yet"), "{refused}");

    world.rewrite_document(1, &std::fs::read_to_string(shop::ROUTES)?)?;
    let mut ticks = interval(Duration::from_millis(20));
    while health.check(gateway()).await?.into_inner().status() != ServingStatus::Serving {
        ticks.tick().await;
    }
    client.batch_get_products(BatchGetProductsRequest::default()).await?;
    catalog.stop().await?;
    world.stop().await
}
