//! Asks the catalog what things cost and how many there are.
//!
//! *Does not* repeat a question: the mesh does what may be done, and the customer may repeat
//! the order. — *Holds*: what the catalog says is checked before it is believed.

use std::future::Future;
use std::time::Duration;

use contracts::shop::catalog::v2::catalog_service_client::CatalogServiceClient;
use contracts::shop::catalog::v2::{BatchGetProductsRequest, Product};
use tonic::{Code, Request, Status};
use treaty_mesh::Channel;

use crate::money::Money;

/// How long the catalog may take; less if the customer waits for less.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What the catalog says of one product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) sku: String,
    pub(crate) unit_price: Money,
    pub(crate) stock: u32,
}

/// Why the catalog gave no offers.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoOffers {
    #[error("the catalog is away: {0}")]
    Away(Status),
    #[error("the catalog refused: {0}")]
    Refused(Status),
    #[error("the catalog's answer for {sku} is not an offer")]
    Unusable { sku: String },
}

/// Whoever knows prices and stock.
pub(crate) trait Assortment: Send + Sync + 'static {
    /// An offer for each of these SKUs that exists.
    fn offers(
        &self,
        skus: Vec<String>,
    ) -> impl Future<Output = Result<Vec<Offer>, NoOffers>> + Send;
}

/// The catalog service, through the mesh.
#[derive(Debug)]
pub(crate) struct MeshCatalog {
    client: CatalogServiceClient<Channel>,
}

impl MeshCatalog {
    pub(crate) fn new(channel: Channel) -> Self {
        Self { client: CatalogServiceClient::new(channel) }
    }
}

impl Assortment for MeshCatalog {
    async fn offers(&self, skus: Vec<String>) -> Result<Vec<Offer>, NoOffers> {
        let mut request = Request::new(BatchGetProductsRequest { skus, ..Default::default() });
        request.set_timeout(TIMEOUT);
        let answer = self.client.clone().batch_get_products(request).await;
        answer.map_err(trouble)?.into_inner().products.into_iter().map(offer).collect()
    }
}

fn trouble(status: Status) -> NoOffers {
    match status.code() {
        // Unknown is what a client makes of an answer that broke off in the middle.
        Code::Unavailable
        | Code::DeadlineExceeded
        | Code::ResourceExhausted
        | Code::Cancelled
        | Code::Unknown => NoOffers::Away(status),
        _ => NoOffers::Refused(status),
    }
}

fn offer(product: Product) -> Result<Offer, NoOffers> {
    let price = product.price.and_then(|it| Money::new(it.currency_code, it.units, it.nanos));
    match (price, u32::try_from(product.stock)) {
        (Some(unit_price), Ok(stock)) => Ok(Offer { sku: product.sku, unit_price, stock }),
        _ => Err(NoOffers::Unusable { sku: product.sku }),
    }
}

#[cfg(test)]
mod tests {
    use contracts::shop::catalog::v2;

    use super::*;

    #[test]
    fn a_product_without_a_price_is_no_offer() {
        let product = Product { sku: "TEA".to_owned(), stock: 1, ..Product::default() };
        assert!(matches!(offer(product.clone()), Err(NoOffers::Unusable { sku }) if sku == "TEA"));
        let price = v2::Money {
            currency_code: "EUR".to_owned(),
            units: 6,
            nanos: 900_000_000,
            ..Default::default()
        };
        let offer = offer(Product { price: Some(price), ..product }).unwrap();
        assert_eq!((offer.unit_price.units, offer.stock), (6, 1));
    }

    #[test]
    fn an_absent_catalog_is_told_from_one_that_refuses() {
        assert!(matches!(trouble(Status::unavailable("")), NoOffers::Away(_)));
        assert!(matches!(trouble(Status::permission_denied("")), NoOffers::Refused(_)));
    }
}
