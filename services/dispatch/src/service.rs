//! `shop.dispatch.v1.DispatchService` on the wire.
//!
//! *Does not* decide anything: it reads requests, asks the store, and writes answers.

use contracts::shop::dispatch::v1::dispatch_service_server::DispatchService;
use contracts::shop::dispatch::v1::{
    GetShipmentRequest, GetShipmentResponse, ListShipmentsRequest, ListShipmentsResponse,
    MarkShippedRequest, MarkShippedResponse,
};
use tonic::{Request, Response, Status};
use treaty_bus::outbox::Wake;
use treaty_mesh::CallContext;

use crate::convert::to_proto;
use crate::events;
use crate::page::Page;
use crate::refusal::Refusal;
use crate::shipment::Shipment;
use crate::store::{Marked, Store};
use crate::validate::{self, Handover};

/// See the module.
#[derive(Debug)]
pub(crate) struct Dispatch {
    store: Store,
    relay: Wake,
}

impl Dispatch {
    pub(crate) fn new(store: Store, relay: Wake) -> Self {
        Self { store, relay }
    }

    async fn hand_over(&self, handover: Handover) -> Result<Shipment, Refusal> {
        let Handover { shipment_id, tracking_code } = handover;
        let trace = CallContext::current().map(|call| call.trace.to_string());
        let announce = move |shipment: &Shipment, tracking_code: &str, at| {
            events::shipment_shipped(shipment, tracking_code, at, trace.as_deref())
        };
        match self.store.mark(shipment_id.clone(), tracking_code, announce).await? {
            Marked::Now(shipment) => {
                self.relay.wake();
                Ok(shipment)
            }
            Marked::Before { tracking_code } => {
                Err(Refusal::AlreadyShipped { shipment_id, tracking_code })
            }
            Marked::Unknown => Err(Refusal::ShipmentNotFound { shipment_id }),
        }
    }
}

#[tonic::async_trait]
impl DispatchService for Dispatch {
    async fn list_shipments(
        &self,
        request: Request<ListShipmentsRequest>,
    ) -> Result<Response<ListShipmentsResponse>, Status> {
        let ListShipmentsRequest { page_size, page_token, order_id, .. } = request.into_inner();
        let page = Page::parse(page_size, &page_token, order_id.clone());
        let page = page.map_err(Refusal::Invalid)?;
        let (shipments, next) = self.store.page(page).await.map_err(Refusal::Store)?;
        Ok(Response::new(ListShipmentsResponse {
            shipments: shipments.into_iter().map(to_proto).collect(),
            next_page_token: next.map(|last| Page::next(&order_id, last)).unwrap_or_default(),
            ..Default::default()
        }))
    }

    async fn get_shipment(
        &self,
        request: Request<GetShipmentRequest>,
    ) -> Result<Response<GetShipmentResponse>, Status> {
        let shipment_id = validate::shipment_id(request.into_inner().shipment_id);
        let shipment_id = shipment_id.map_err(Refusal::Invalid)?;
        let shipment = self.store.shipment(shipment_id.clone()).await.map_err(Refusal::Store)?;
        let shipment = shipment.ok_or(Refusal::ShipmentNotFound { shipment_id })?;
        Ok(Response::new(GetShipmentResponse {
            shipment: Some(to_proto(shipment)),
            ..Default::default()
        }))
    }

    async fn mark_shipped(
        &self,
        request: Request<MarkShippedRequest>,
    ) -> Result<Response<MarkShippedResponse>, Status> {
        let handover = validate::handover(request.into_inner()).map_err(Refusal::Invalid)?;
        let shipment = Some(to_proto(self.hand_over(handover).await?));
        Ok(Response::new(MarkShippedResponse { shipment, ..Default::default() }))
    }
}

#[cfg(test)]
mod tests;
