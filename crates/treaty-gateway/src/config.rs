//! Where the gateway listens.

use std::net::SocketAddr;

/// How a gateway runs; its bounds are those of the node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where TLS is spoken.
    pub tls: SocketAddr,
    /// Where plaintext is spoken, on loopback only; `None` for nowhere.
    pub plaintext: Option<SocketAddr>,
}

/// What is unsafe about a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Plaintext would leave the machine.
    #[error("plaintext on {0} could be read by others; use a loopback address such as 127.0.0.1")]
    PlaintextBeyondLoopback(SocketAddr),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            tls: SocketAddr::from(([127, 0, 0, 1], 8443)),
            plaintext: Some(SocketAddr::from(([127, 0, 0, 1], 8080))),
        }
    }
}

impl Config {
    /// Checks what no caller may ask for.
    ///
    /// # Errors
    /// When plaintext would be spoken on another address than loopback.
    pub fn check(&self) -> Result<(), ConfigError> {
        match self.plaintext {
            Some(address) if !address.ip().is_loopback() => {
                Err(ConfigError::PlaintextBeyondLoopback(address))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plaintext_stays_on_the_machine() {
        assert_eq!(Config::default().check(), Ok(()));
        let open = Config { plaintext: Some(([0, 0, 0, 0], 8080).into()), ..Config::default() };
        assert!(open.check().is_err());
    }
}
