//! How many others an element may hold, which edition 2026 bounds. — *Source*: buf.

use super::Check;
use crate::{Features, ProtoLimits};

pub(super) const FIELDS: usize = 1500;
pub(super) const FIELDS_OF_ONEOF: usize = 1200;
pub(super) const VALUES: usize = 1700;

impl Check<'_> {
    pub(super) fn limit(
        &mut self,
        features: Features,
        what: impl Fn() -> String,
        count: usize,
        limit: usize,
    ) {
        if features.enforce_proto_limits == ProtoLimits::ProtoLimits2026 && count > limit {
            self.fault_with_help(
                1,
                format!("{}, {count}, exceeds the limit of {limit}", what()),
                "`features.enforce_proto_limits = LEGACY_NO_EXPLICIT_LIMITS` allows it",
            );
        }
    }
}
