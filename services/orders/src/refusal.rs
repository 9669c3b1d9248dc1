//! Why orders says no, and the one table from that to a gRPC status.
//!
//! *Holds*: what went wrong inside, or between us and the catalog, is logged with its cause
//! and told to nobody.

use std::collections::HashMap;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, PreconditionViolation, StatusExt as _};

use crate::assortment::NoOffers;
use crate::money::NoTotal;
use crate::store::StoreError;

const DOMAIN: &str = "shop.orders";

/// Why a call is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// Every field that is wrong.
    #[error("the request is not valid: {}", listed(.0))]
    Invalid(Vec<FieldViolation>),
    #[error("the shop does not sell {}", .0.iter().map(|line| line.sku.as_str()).collect::<Vec<_>>().join(", "))]
    UnknownSkus(Vec<UnknownSku>),
    #[error("out of stock: {}", .0.iter().map(Shortage::describe).collect::<Vec<_>>().join("; "))]
    OutOfStock(Vec<Shortage>),
    #[error("this idempotency_key belongs to another order of this customer")]
    KeyReused { order_id: String },
    #[error("order {order_id} is not known")]
    OrderNotFound { order_id: String },
    #[error(transparent)]
    NoOffers(#[from] NoOffers),
    #[error(transparent)]
    NoTotal(NoTotal),
    #[error("going down")]
    GoingDown,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A line for something that the shop does not sell.
#[derive(Debug)]
pub(crate) struct UnknownSku {
    pub(crate) line: usize,
    pub(crate) sku: String,
}

/// A line for more than there is.
#[derive(Debug)]
pub(crate) struct Shortage {
    pub(crate) sku: String,
    pub(crate) requested: u32,
    pub(crate) available: u32,
}

impl Shortage {
    fn describe(&self) -> String {
        format!("{} pieces of {} requested, {} available", self.requested, self.sku, self.available)
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            Refusal::Invalid(fields) => invalid("INVALID_REQUEST", &[], message, fields),
            Refusal::UnknownSkus(unknown) => unknown_skus(&unknown, message),
            Refusal::OutOfStock(short) => out_of_stock(&short, message),
            Refusal::KeyReused { order_id } => {
                let field = FieldViolation::new("idempotency_key", "was used for another order");
                invalid("IDEMPOTENCY_KEY_REUSED", &[("order_id", order_id)], message, vec![field])
            }
            Refusal::OrderNotFound { order_id } => {
                let details = info("ORDER_NOT_FOUND", &[("order_id", order_id)]);
                Self::with_error_details(Code::NotFound, message, details)
            }
            Refusal::NoOffers(NoOffers::Away(cause)) => {
                tracing::warn!(code = ?cause.code(), cause = cause.message(), "the catalog is away");
                let message = "the catalog cannot be asked now; try again";
                let details = info("CATALOG_UNAVAILABLE", &[]);
                Self::with_error_details(Code::Unavailable, message, details)
            }
            Refusal::NoOffers(_) | Refusal::NoTotal(_) => {
                tracing::error!(error = message, "the catalog gave no offer");
                Self::internal("the order could not be priced")
            }
            Refusal::GoingDown => Self::unavailable(message),
            Refusal::Store(error) if error.is_busy() => {
                tracing::warn!(%error, "the database takes no more now");
                Self::unavailable("orders is busy; try again")
            }
            Refusal::Store(error) => {
                tracing::error!(%error, "the database failed");
                Self::internal("orders failed")
            }
        }
    }
}

fn invalid(
    reason: &str,
    metadata: &[(&str, String)],
    message: String,
    fields: Vec<FieldViolation>,
) -> Status {
    let mut details = info(reason, metadata);
    details.set_bad_request(fields);
    Status::with_error_details(Code::InvalidArgument, message, details)
}

fn unknown_skus(unknown: &[UnknownSku], message: String) -> Status {
    let field = |unknown: &UnknownSku| {
        let problem = format!("the shop does not sell {}", unknown.sku);
        FieldViolation::new(format!("lines[{}].sku", unknown.line), problem)
    };
    let first = unknown.first().map(|unknown| ("sku", unknown.sku.clone()));
    let fields = unknown.iter().map(field).collect();
    invalid("UNKNOWN_SKU", first.as_slice(), message, fields)
}

/// The details name every line; the metadata only the first.
fn out_of_stock(short: &[Shortage], message: String) -> Status {
    let violation = |shortage: &Shortage| {
        PreconditionViolation::new("STOCK", shortage.sku.as_str(), shortage.describe())
    };
    let metadata = short.first().map(|first| {
        [
            ("sku", first.sku.clone()),
            ("requested", first.requested.to_string()),
            ("available", first.available.to_string()),
        ]
    });
    let mut details = info("OUT_OF_STOCK", metadata.as_ref().map_or(&[], |all| all.as_slice()));
    details.set_precondition_failure(short.iter().map(violation).collect::<Vec<_>>());
    Status::with_error_details(Code::FailedPrecondition, message, details)
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
