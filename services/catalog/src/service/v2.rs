//! `shop.catalog.v2.CatalogService`: exact prices, several at once, live stock.

use contracts::shop::catalog::v2::catalog_service_server::CatalogService;
use contracts::shop::catalog::v2::{
    BatchGetProductsRequest, BatchGetProductsResponse, GetProductRequest, GetProductResponse,
    ListProductsRequest, ListProductsResponse, WatchStockRequest, WatchStockResponse,
};
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};
use tonic_types::FieldViolation;

use crate::convert::{to_v2, to_watch};
use crate::refusal::Refusal;
use crate::store::Store;
use crate::watch;

/// How many products one call may name.
const MAX_SKUS: usize = 100;

/// See the module.
#[derive(Debug)]
pub(crate) struct V2 {
    store: Store,
    shutdown: CancellationToken,
}

impl V2 {
    pub(crate) fn new(store: Store, shutdown: CancellationToken) -> Self {
        Self { store, shutdown }
    }
}

#[tonic::async_trait]
impl CatalogService for V2 {
    async fn list_products(
        &self,
        request: Request<ListProductsRequest>,
    ) -> Result<Response<ListProductsResponse>, Status> {
        let ListProductsRequest { page_size, page_token, .. } = request.into_inner();
        let (products, next) = super::list(&self.store, page_size, &page_token).await?;
        let products = products.into_iter().map(to_v2).collect();
        Ok(Response::new(ListProductsResponse {
            products,
            next_page_token: next,
            ..Default::default()
        }))
    }

    async fn get_product(
        &self,
        request: Request<GetProductRequest>,
    ) -> Result<Response<GetProductResponse>, Status> {
        let product = super::get(&self.store, request.into_inner().sku).await?;
        Ok(Response::new(GetProductResponse {
            product: Some(to_v2(product)),
            ..Default::default()
        }))
    }

    async fn batch_get_products(
        &self,
        request: Request<BatchGetProductsRequest>,
    ) -> Result<Response<BatchGetProductsResponse>, Status> {
        let skus = request.into_inner().skus;
        check(&skus)?;
        let mut answer = BatchGetProductsResponse::default();
        for (sku, product) in self.store.products(skus).await.map_err(Refusal::Store)? {
            match product {
                Some(product) => answer.products.push(to_v2(product)),
                None => answer.unknown_skus.push(sku),
            }
        }
        Ok(Response::new(answer))
    }

    type WatchStockStream = BoxStream<WatchStockResponse>;

    async fn watch_stock(
        &self,
        request: Request<WatchStockRequest>,
    ) -> Result<Response<Self::WatchStockStream>, Status> {
        let skus = request.into_inner().skus;
        check(&skus)?;
        let skus = skus.into_iter().collect();
        let levels = watch::stock(self.store.clone(), skus, self.shutdown.clone()).await?;
        let answers = levels.map(|level| level.map(to_watch).map_err(Status::from));
        Ok(Response::new(Box::pin(answers)))
    }
}

fn check(skus: &[String]) -> Result<(), Refusal> {
    if skus.len() > MAX_SKUS {
        return Err(Refusal::Invalid(vec![FieldViolation::new("skus", "must hold at most 100")]));
    }
    let empty = skus.iter().enumerate().filter(|(_, sku)| sku.is_empty());
    let wrong: Vec<_> = empty
        .map(|(i, _)| FieldViolation::new(format!("skus[{i}]"), "must not be empty"))
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(Refusal::Invalid(wrong)) }
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::StatusExt as _;

    use super::*;
    use crate::seed;

    async fn service(folder: &tempfile::TempDir) -> V2 {
        let store = Store::open(&folder.path().join("catalog.db")).await.unwrap();
        store.seed(seed::ASSORTMENT).await.unwrap();
        V2::new(store, CancellationToken::new())
    }

    #[tokio::test]
    async fn pages_cover_every_product_exactly_once() {
        let folder = tempfile::tempdir().unwrap();
        let service = service(&folder).await;
        let (mut seen, mut token) = (Vec::new(), String::new());
        loop {
            let request =
                ListProductsRequest { page_size: 7, page_token: token, ..Default::default() };
            let page = service.list_products(Request::new(request)).await.unwrap().into_inner();
            assert!(page.products.len() <= 7);
            seen.extend(page.products.into_iter().map(|product| product.sku));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        let mut all: Vec<_> = seed::ASSORTMENT.iter().map(|seed| seed.sku).collect();
        all.sort_unstable();
        assert_eq!(seen, all);
    }

    #[tokio::test]
    async fn several_come_in_the_order_asked_for_without_the_unknown() {
        let folder = tempfile::tempdir().unwrap();
        let skus = ["TEA-NONE", "TEA-EARL-100", seed::RAREST].map(str::to_owned).to_vec();
        let request = Request::new(BatchGetProductsRequest { skus, ..Default::default() });
        let answer = service(&folder).await.batch_get_products(request).await.unwrap().into_inner();
        let found: Vec<_> = answer.products.iter().map(|product| product.sku.as_str()).collect();
        assert_eq!(found, ["TEA-EARL-100", seed::RAREST]);
        assert_eq!(answer.unknown_skus, ["TEA-NONE"]);
    }

    #[tokio::test]
    async fn fields_that_are_wrong_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let service = service(&folder).await;
        let request = BatchGetProductsRequest {
            skus: vec!["A".to_owned(), String::new()],
            ..Default::default()
        };
        let status = service.batch_get_products(Request::new(request)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        let wrong = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!(wrong[0].field, "skus[1]");
        let request = BatchGetProductsRequest {
            skus: vec!["A".to_owned(); MAX_SKUS + 1],
            ..Default::default()
        };
        let status = service.batch_get_products(Request::new(request)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
        let request = GetProductRequest { sku: "TEA-NONE".to_owned(), ..Default::default() };
        let status = service.get_product(Request::new(request)).await.unwrap_err();
        assert_eq!(status.code(), Code::NotFound);
    }
}
