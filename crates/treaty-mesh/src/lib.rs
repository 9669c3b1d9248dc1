//! Joins tonic servers and clients to the mesh: identity, endpoints, layers, telemetry
