//! Why the catalog says no, and the one table from that to a gRPC status.
//!
//! *Holds*: what went wrong inside is logged with its cause and told to nobody.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::store::StoreError;

const DOMAIN: &str = "shop.catalog";

/// Why a call is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Every field that is wrong.
    #[error("the request is not valid: {}", listed(.0))]
    Invalid(Vec<FieldViolation>),
    #[error("product {sku} is not known")]
    ProductNotFound { sku: String },
    #[error("going down")]
    GoingDown,
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
            Refusal::ProductNotFound { sku } => {
                let details = info("PRODUCT_NOT_FOUND", &[("sku", sku)]);
                Self::with_error_details(Code::NotFound, message, details)
            }
            Refusal::GoingDown => Self::unavailable(message),
            Refusal::Store(error) if error.is_busy() => {
                tracing::warn!(%error, "the database is busy");
                Self::unavailable("the catalog is busy; try again")
            }
            Refusal::Store(error) => {
                tracing::error!(%error, "the database failed");
                Self::internal("the catalog failed")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_product_is_named_in_the_details() {
        let status = Status::from(Refusal::ProductNotFound { sku: "TEA-NONE".to_owned() });
        assert_eq!(status.code(), Code::NotFound);
        let info = status.get_details_error_info().unwrap();
        assert_eq!((info.domain.as_str(), info.reason.as_str()), (DOMAIN, "PRODUCT_NOT_FOUND"));
        assert_eq!(info.metadata["sku"], "TEA-NONE");
    }

    #[test]
    fn what_fails_inside_stays_inside() {
        let status = Status::from(Refusal::Store(StoreError::Closed));
        assert_eq!((status.code(), status.message()), (Code::Internal, "the catalog failed"));
    }
}
