//! Mesh decisions, pure: who may call, which endpoint, how long, what status
