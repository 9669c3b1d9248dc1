//! Desired state, certificate authority and discovery of the mesh
