//! `shop.catalog.v1.CatalogService`: deprecated, served until its last caller has moved.

use contracts::shop::catalog::v1::catalog_service_server::CatalogService;
use contracts::shop::catalog::v1::{
    GetProductRequest, GetProductResponse, ListProductsRequest, ListProductsResponse,
};
use tonic::{Request, Response, Status};

use crate::convert::to_v1;
use crate::store::Store;

/// See the module.
#[derive(Debug)]
pub(crate) struct V1 {
    store: Store,
}

impl V1 {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }
}

#[tonic::async_trait]
impl CatalogService for V1 {
    async fn list_products(
        &self,
        request: Request<ListProductsRequest>,
    ) -> Result<Response<ListProductsResponse>, Status> {
        let ListProductsRequest { page_size, page_token, .. } = request.into_inner();
        let (products, next) = super::list(&self.store, page_size, &page_token).await?;
        let products = products.into_iter().map(to_v1).collect();
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
            product: Some(to_v1(product)),
            ..Default::default()
        }))
    }
}
