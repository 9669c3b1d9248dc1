//! Why dispatch says no, and the one table from that to a gRPC status.
//!
//! *Holds*: what went wrong inside is logged with its cause and told to nobody.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::store::StoreError;

const DOMAIN: &str = "shop.dispatch";

/// Why a call is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Every field that is wrong.
    #[error("the request is not valid: {}", listed(.0))]
    Invalid(Vec<FieldViolation>),
    #[error("shipment {shipment_id} is not known")]
    ShipmentNotFound { shipment_id: String },
    #[error("shipment {shipment_id} has left already, as {tracking_code}")]
    AlreadyShipped { shipment_id: String, tracking_code: String },
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Invalid(fields) => {
                let mut details = info("INVALID_REQUEST", &[]);
                details.set_bad_request(fields);
                Self::with_error_details(Code::InvalidArgument, message, details)
            }
            Refusal::ShipmentNotFound { shipment_id } => {
                let details = info("SHIPMENT_NOT_FOUND", &[("shipment_id", shipment_id)]);
                Self::with_error_details(Code::NotFound, message, details)
            }
            Refusal::AlreadyShipped { shipment_id, tracking_code } => {
                // A clerk whose first answer was lost sees by the code that it was the first.
                let metadata = [("shipment_id", shipment_id), ("tracking_code", tracking_code)];
                let details = info("ALREADY_SHIPPED", &metadata);
                Self::with_error_details(Code::FailedPrecondition, message, details)
            }
            Refusal::Store(error) if error.is_busy() => {
                tracing::warn!(%error, "the database takes no more now");
                Self::unavailable("dispatch is busy; try again")
            }
            Refusal::Store(error) => {
                tracing::error!(%error, "the database failed");
                Self::internal("dispatch failed")
            }
        }
    }
}

fn info(reason: &str, metadata: &[(&str, String)]) -> ErrorDetails {
    let metadata: HashMap<String, String> =
        metadata.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    ErrorDetails::with_error_info(reason, DOMAIN, metadata)
}

fn listed(fields: &[FieldViolation]) -> String {
    let one = |wrong: &FieldViolation| format!("{} {}", wrong.field, wrong.description);
    fields.iter().map(one).collect::<Vec<_>>().join("; ")
}
