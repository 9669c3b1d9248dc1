//! The judge: every contract against every released version, and the shop under stress
