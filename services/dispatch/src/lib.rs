//! Sends out what was ordered
