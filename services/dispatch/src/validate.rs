//! Finds everything that is wrong with the fields of a request.
//!
//! *Holds*: all fields are looked at, so that a caller need not try again for each.

use contracts::shop::dispatch::v1::MarkShippedRequest;
use tonic_types::FieldViolation;

const MAX_ID_BYTES: usize = 128;
const MAX_TRACKING_CODE_BYTES: usize = 64;

/// A shipment to be handed to the carrier; every field is valid.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Handover {
    pub(crate) shipment_id: String,
    pub(crate) tracking_code: String,
}

pub(crate) fn handover(request: MarkShippedRequest) -> Result<Handover, Vec<FieldViolation>> {
    let MarkShippedRequest { shipment_id, tracking_code, .. } = request;
    let wrong: Vec<_> = [
        text("shipment_id", &shipment_id, MAX_ID_BYTES),
        text("tracking_code", &tracking_code, MAX_TRACKING_CODE_BYTES),
    ]
    .into_iter()
    .flatten()
    .collect();
    if wrong.is_empty() { Ok(Handover { shipment_id, tracking_code }) } else { Err(wrong) }
}

/// Checks the one field of a request that asks for a shipment.
pub(crate) fn shipment_id(shipment_id: String) -> Result<String, Vec<FieldViolation>> {
    match text("shipment_id", &shipment_id, MAX_ID_BYTES) {
        None => Ok(shipment_id),
        Some(wrong) => Err(vec![wrong]),
    }
}

fn text(field: &str, value: &str, max_bytes: usize) -> Option<FieldViolation> {
    let problem = if value.trim().is_empty() {
        "must not be empty".to_owned()
    } else if value.len() > max_bytes {
        format!("must be at most {max_bytes} bytes long")
    } else if value.contains(char::is_control) {
        "must not contain control characters".to_owned()
    } else {
        return None;
    };
    Some(FieldViolation::new(field, problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(shipment_id: &str, tracking_code: &str) -> Vec<String> {
        let request = MarkShippedRequest {
            shipment_id: shipment_id.to_owned(),
            tracking_code: tracking_code.to_owned(),
            ..Default::default()
        };
        let wrong = handover(request).err().unwrap_or_default();
        wrong.into_iter().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        assert_eq!(wrong("", " "), ["shipment_id", "tracking_code"]);
        assert_eq!(wrong("s", &"t".repeat(65)), ["tracking_code"]);
        assert_eq!(wrong("s", "T\n1"), ["tracking_code"]);
        assert_eq!(wrong("s", &"t".repeat(64)), [""; 0]);
    }
}
