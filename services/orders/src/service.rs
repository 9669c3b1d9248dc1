//! `shop.orders.v1.OrdersService` on the wire.
//!
//! *Does not* decide anything: it reads requests, asks the rooms, and writes answers.

use contracts::shop::orders::v1::orders_service_server::OrdersService;
use contracts::shop::orders::v1::{
    GetOrderRequest, GetOrderResponse, ListOrdersRequest, ListOrdersResponse, PlaceOrderRequest,
    PlaceOrderResponse, WatchOrderRequest, WatchOrderResponse,
};
use tokio_stream::StreamExt as _;
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};
use treaty_bus::outbox::Wake;

use crate::assortment::Assortment;
use crate::convert::to_proto;
use crate::page::Page;
use crate::place;
use crate::refusal::Refusal;
use crate::store::Store;
use crate::{validate, watch};

/// See the module.
#[derive(Debug)]
pub(crate) struct Orders<C> {
    store: Store,
    catalog: C,
    relay: Wake,
    shutdown: CancellationToken,
}

impl<C: Assortment> Orders<C> {
    pub(crate) fn new(store: Store, catalog: C, relay: Wake, shutdown: CancellationToken) -> Self {
        Self { store, catalog, relay, shutdown }
    }
}

#[tonic::async_trait]
impl<C: Assortment> OrdersService for Orders<C> {
    async fn place_order(
        &self,
        request: Request<PlaceOrderRequest>,
    ) -> Result<Response<PlaceOrderResponse>, Status> {
        let draft = validate::draft(request.into_inner()).map_err(Refusal::Invalid)?;
        let order = place::place(draft, &self.store, &self.catalog, &self.relay).await?;
        Ok(Response::new(PlaceOrderResponse { order: Some(to_proto(order)), ..Default::default() }))
    }

    async fn get_order(
        &self,
        request: Request<GetOrderRequest>,
    ) -> Result<Response<GetOrderResponse>, Status> {
        let order_id =
            validate::order_id(request.into_inner().order_id).map_err(Refusal::Invalid)?;
        let order = watch::find(&self.store, &order_id).await?;
        Ok(Response::new(GetOrderResponse { order: Some(to_proto(order)), ..Default::default() }))
    }

    async fn list_orders(
        &self,
        request: Request<ListOrdersRequest>,
    ) -> Result<Response<ListOrdersResponse>, Status> {
        let ListOrdersRequest { page_size, page_token, customer_id, .. } = request.into_inner();
        let page = Page::parse(page_size, &page_token, customer_id.clone());
        let page = page.map_err(Refusal::Invalid)?;
        let (orders, next) = self.store.page(page).await.map_err(Refusal::Store)?;
        Ok(Response::new(ListOrdersResponse {
            orders: orders.into_iter().map(to_proto).collect(),
            next_page_token: next.map(|last| Page::next(&customer_id, last)).unwrap_or_default(),
            ..Default::default()
        }))
    }

    type WatchOrderStream = BoxStream<WatchOrderResponse>;

    async fn watch_order(
        &self,
        request: Request<WatchOrderRequest>,
    ) -> Result<Response<Self::WatchOrderStream>, Status> {
        let order_id =
            validate::order_id(request.into_inner().order_id).map_err(Refusal::Invalid)?;
        let orders = watch::order(self.store.clone(), order_id, self.shutdown.clone()).await?;
        let answers = orders.map(|order| {
            let order = Some(to_proto(order?));
            Ok(WatchOrderResponse { order, ..Default::default() })
        });
        Ok(Response::new(Box::pin(answers)))
    }
}

#[cfg(test)]
mod tests;
