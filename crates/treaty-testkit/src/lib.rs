//! Worlds, clocks and fake peers for tests
