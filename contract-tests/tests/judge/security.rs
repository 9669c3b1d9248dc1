//! Strangers and workloads without permission are refused, and the log says why.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use contracts::shop::catalog::v2::catalog_service_client::CatalogServiceClient;
use contracts::shop::catalog::v2::{BatchGetProductsRequest, ListProductsRequest};
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, SanType};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::interval;
use tonic::Code;
use treaty_testkit::stranger::{self, Credentials};
use treaty_testkit::{Instance, World, logs};

use crate::shop;

async fn catalog() -> anyhow::Result<(World, Instance, SocketAddr)> {
    let world = shop::world().await?;
    let catalog = world.launch("catalog", catalog::run).await?;
    world.wait_for(&[("catalog", 1)].into()).await?;
    let address = *world.addresses_of("catalog")?.first().context("no catalog")?;
    Ok((world, catalog, address))
}

/// A certificate for an identity of the mesh, signed by a key that the mesh does not know.
fn forged(id: &str) -> anyhow::Result<Credentials> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::URI(id.try_into()?)];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = params.self_signed(&key)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    Ok((vec![certificate.der().clone()], key))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_certificate_is_unauthenticated() -> anyhow::Result<()> {
    let logs = logs::capture();
    let (world, catalog, address) = catalog().await?;
    let (channel, own) = stranger::connect(address, None).await?;
    let status = CatalogServiceClient::new(channel)
        .list_products(ListProductsRequest::default())
        .await
        .expect_err("answered a caller without a certificate");
    assert_eq!(status.code(), Code::Unauthenticated, "{status}");
    let line = logs.line_with(&[&own.to_string(), "showed no certificate"]).await;
    println!("the log says: {line}");
    catalog.stop().await?;
    world.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_another_authority_does_not_get_in() -> anyhow::Result<()> {
    let logs = logs::capture();
    let (world, catalog, address) = catalog().await?;
    let forged = forged("spiffe://test.local/ns/shop/sa/orders")?;
    // In TLS 1.3 a client hears of the refusal only after its own last word.
    let refused = match stranger::connect(address, Some(forged)).await {
        Err(error) => error.to_string(),
        Ok((channel, _)) => CatalogServiceClient::new(channel)
            .batch_get_products(BatchGetProductsRequest::default())
            .await
            .expect_err("answered a caller with a forged certificate")
            .to_string(),
    };
    println!("the caller sees: {refused}");
    let line = logs.line_with(&["refused a connection", "UnknownIssuer"]).await;
    println!("the log says: {line}");
    catalog.stop().await?;
    world.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_without_permission_is_denied() -> anyhow::Result<()> {
    let logs = logs::capture();
    let (world, catalog, _) = catalog().await?;

    let dispatch = world.join("dispatch").await?;
    let status = CatalogServiceClient::new(dispatch.channel("catalog"))
        .list_products(ListProductsRequest::default())
        .await
        .expect_err("answered a workload that no rule names");
    assert_eq!(status.code(), Code::PermissionDenied, "{status}");
    let id = dispatch.id().to_string();
    logs.line_with(&[&id, "CatalogService/ListProducts", "no rule names this caller"]).await;

    let orders = world.join("orders").await?;
    let mut client = CatalogServiceClient::new(orders.channel("catalog"));
    client.batch_get_products(BatchGetProductsRequest::default()).await?;
    let status = client
        .list_products(ListProductsRequest::default())
        .await
        .expect_err("answered a method that no rule allows this caller");
    assert_eq!(status.code(), Code::PermissionDenied, "{status}");
    let id = orders.id().to_string();
    logs.line_with(&[&id, "CatalogService/ListProducts", "no rule allows this caller"]).await;

    for mesh in [dispatch, orders] {
        mesh.leave().await;
    }
    catalog.stop().await?;
    world.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn control_gives_no_identity_without_its_secret() -> anyhow::Result<()> {
    let world = shop::world().await?;
    let mut config = world.config("catalog")?;
    let wrong = world.folder().join("wrong.token");
    std::fs::write(&wrong, "guessed")?;
    config.join_token = wrong;
    let refused = treaty_mesh::Mesh::join(config).await.expect_err("a guessed token was enough");
    assert!(refused.to_string().contains("join token is not known"), "{refused}");

    // The edge's names are the gateway's alone.
    let mut config = world.config("catalog")?;
    config.edge_names = vec!["localhost".to_owned()];
    let refused = treaty_mesh::Mesh::join(config).await.expect_err("catalog may serve localhost");
    assert!(refused.to_string().contains("may not serve `localhost`"), "{refused}");
    world.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_goes_on_when_control_is_gone() -> anyhow::Result<()> {
    let (mut world, catalog, _) = catalog().await?;
    let orders = world.join("orders").await?;
    let mut client = CatalogServiceClient::new(orders.channel("catalog"));
    client.batch_get_products(BatchGetProductsRequest::default()).await?;
    world.stop_control().await?;
    for _ in 0..50 {
        client.batch_get_products(BatchGetProductsRequest::default()).await?;
    }
    world.start_control().await?;
    let second = world.launch("catalog", catalog::run).await?;
    orders.channel("catalog").wait_for_endpoints(2).await;
    catalog.stop().await?;
    client.batch_get_products(BatchGetProductsRequest::default()).await?;
    orders.leave().await;
    second.stop().await?;
    world.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_is_deleted_denies_again() -> anyhow::Result<()> {
    let logs = logs::capture();
    let (mut world, catalog, _) = catalog().await?;
    let orders = world.join("orders").await?;
    let mut client = CatalogServiceClient::new(orders.channel("catalog"));
    client.batch_get_products(BatchGetProductsRequest::default()).await?;

    world.rewrite_document(shop::POLICY_INDEX, "# Nobody may call anybody.\n")?;
    let mut ticks = interval(Duration::from_millis(20));
    let denied = loop {
        ticks.tick().await;
        if let Err(status) = client.batch_get_products(BatchGetProductsRequest::default()).await {
            break status;
        }
    };
    assert_eq!(denied.code(), Code::PermissionDenied, "{denied}");

    // What cannot be used changes nothing, and is told.
    world.rewrite_document(shop::POLICY_INDEX, "kind: Nonsense\n")?;
    logs.line_with(&["unknown kind `Nonsense`"]).await;
    let policy = std::fs::read_to_string(shop::POLICY)?;
    world.rewrite_document(shop::POLICY_INDEX, &policy)?;
    loop {
        ticks.tick().await;
        if client.batch_get_products(BatchGetProductsRequest::default()).await.is_ok() {
            break;
        }
    }
    orders.leave().await;
    catalog.stop().await?;
    world.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_renewed_while_calls_go_on() -> anyhow::Result<()> {
    let lifetime = Duration::from_secs(3);
    let world = shop::world_of(lifetime).await?;
    let first = world.launch("catalog", catalog::run).await?;
    world.wait_for(&[("catalog", 1)].into()).await?;
    let orders = world.join("orders").await?;
    let mut client = CatalogServiceClient::new(orders.channel("catalog"));
    let identity = &orders.parts().identity;
    let original = identity.not_after();
    let (mut calls, mut ticks) = (0, interval(Duration::from_millis(20)));
    while identity.not_after() < original + lifetime {
        client.batch_get_products(BatchGetProductsRequest::default()).await?;
        calls += 1;
        ticks.tick().await;
    }
    println!("{calls} calls while {} lived twice as long as its first certificate", orders.id());

    // New connections use what is in force now, at both ends.
    let second = world.launch("catalog", catalog::run).await?;
    orders.channel("catalog").wait_for_endpoints(2).await;
    first.stop().await?;
    client.batch_get_products(BatchGetProductsRequest::default()).await?;
    orders.leave().await;
    second.stop().await?;
    world.stop().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_says_nothing_loses_its_place() -> anyhow::Result<()> {
    let (world, catalog, address) = catalog().await?;
    let mut silent = TcpStream::connect(address).await?;
    // The listener closes the connection; without its bound this would wait for ever.
    assert_eq!(silent.read(&mut [0; 64]).await?, 0, "the listener spoke first");
    catalog.stop().await?;
    world.stop().await
}
