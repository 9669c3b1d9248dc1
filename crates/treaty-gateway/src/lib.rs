//! The edge: one address in front of all services of a domain
