//! Answers the calls of `treaty.bus.v1.BusService`.
//!
//! *Does not* touch the log: it checks what came, queues it for the machine, and turns results
//! into answers. Who may call what was decided before.

mod convert;
mod subscribe;

use std::sync::Arc;

use contracts::treaty::bus::v1 as proto;
use proto::bus_service_server::BusService;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tonic::{Request, Response, Status};

use super::config::Limits;
use super::error::CallError;
use super::writer::Queue;
pub use subscribe::Deliveries;

/// The bus as a gRPC service; clones are the same bus.
#[derive(Debug, Clone)]
pub struct BusServer {
    pub(super) queue: Queue,
    pub(super) limits: Arc<Limits>,
    pub(super) shutdown: CancellationToken,
    pub(super) subscriptions: TaskTracker,
}

#[tonic::async_trait]
impl BusService for BusServer {
    type SubscribeStream = Deliveries;

    async fn publish(
        &self,
        request: Request<proto::PublishRequest>,
    ) -> Result<Response<proto::PublishResponse>, Status> {
        let records = convert::records(request.into_inner().events, &self.limits)?;
        let published = self.queue.call(move |machine| machine.publish(&records)).await?;
        let published = published
            .into_iter()
            .map(|one| proto::Published { sequence: one.sequence, duplicate: one.duplicate })
            .collect();
        Ok(Response::new(proto::PublishResponse { published }))
    }

    async fn subscribe(
        &self,
        request: Request<tonic::Streaming<proto::SubscribeRequest>>,
    ) -> Result<Response<Deliveries>, Status> {
        self.open_subscription(request.into_inner()).await.map(Response::new)
    }

    async fn seek_group(
        &self,
        request: Request<proto::SeekGroupRequest>,
    ) -> Result<Response<proto::SeekGroupResponse>, Status> {
        let proto::SeekGroupRequest { group, position } = request.into_inner();
        let next_sequence =
            self.queue.call(move |machine| machine.seek(&group, position.as_ref())).await?;
        Ok(Response::new(proto::SeekGroupResponse { next_sequence }))
    }

    async fn delete_group(
        &self,
        request: Request<proto::DeleteGroupRequest>,
    ) -> Result<Response<proto::DeleteGroupResponse>, Status> {
        let group = request.into_inner().group;
        self.queue.call(move |machine| machine.delete_group(&group)).await?;
        Ok(Response::new(proto::DeleteGroupResponse {}))
    }

    async fn list_dead_letters(
        &self,
        request: Request<proto::ListDeadLettersRequest>,
    ) -> Result<Response<proto::ListDeadLettersResponse>, Status> {
        let request = request.into_inner();
        let after = convert::page_token(&request.page_token)?;
        let size = convert::page_size(request.page_size)?;
        let group = (!request.group.is_empty()).then_some(request.group);
        let mut dead = self
            .queue
            .call(move |machine| machine.list_dead(group.as_deref(), &after, size + 1))
            .await?;
        let more = dead.len() > size as usize;
        dead.truncate(size as usize);
        let next_page_token = match dead.last() {
            Some(last) if more => convert::to_page_token(last),
            _ => String::new(),
        };
        let dead_letters = dead.into_iter().map(convert::without_data).collect();
        Ok(Response::new(proto::ListDeadLettersResponse { dead_letters, next_page_token }))
    }

    async fn get_dead_letter(
        &self,
        request: Request<proto::GetDeadLetterRequest>,
    ) -> Result<Response<proto::GetDeadLetterResponse>, Status> {
        let proto::GetDeadLetterRequest { group, sequence } = request.into_inner();
        let dead = self.queue.call(move |machine| machine.get_dead(&group, sequence)).await?;
        let dead_letter = Some(convert::dead_letter(dead));
        Ok(Response::new(proto::GetDeadLetterResponse { dead_letter }))
    }

    async fn redrive_dead_letters(
        &self,
        request: Request<proto::RedriveDeadLettersRequest>,
    ) -> Result<Response<proto::RedriveDeadLettersResponse>, Status> {
        let request = request.into_inner();
        let which = convert::which(request.sequences, request.all)?;
        let redriven =
            self.queue.call(move |machine| machine.redrive(&request.group, &which)).await?;
        Ok(Response::new(proto::RedriveDeadLettersResponse { redriven }))
    }

    async fn purge_dead_letters(
        &self,
        request: Request<proto::PurgeDeadLettersRequest>,
    ) -> Result<Response<proto::PurgeDeadLettersResponse>, Status> {
        let request = request.into_inner();
        let which = convert::which(request.sequences, request.all)?;
        let purged = self.queue.call(move |machine| machine.purge(&request.group, &which)).await?;
        Ok(Response::new(proto::PurgeDeadLettersResponse { purged }))
    }

    async fn get_status(
        &self,
        _: Request<proto::GetStatusRequest>,
    ) -> Result<Response<proto::GetStatusResponse>, Status> {
        Ok(Response::new(self.queue.call(|machine| machine.status()).await?))
    }
}

/// What a call asks for is not as it must be.
fn invalid(field: &str, problem: &str) -> Status {
    CallError::invalid(field, problem).into()
}
