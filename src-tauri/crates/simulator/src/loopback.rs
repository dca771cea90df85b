//! The only kind of address a simulator listens on.
//!
//! Its mail is made up, but its password is in the source: nothing outside this computer may reach
//! it, and the type makes sure of that rather than a check somewhere on the way.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// An address on this computer's loopback interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loopback(SocketAddr);

/// The address can be reached from other computers.
#[derive(Debug, thiserror::Error)]
#[error("a simulator listens on a loopback address only")]
pub struct NotLoopback;

impl Loopback {
    /// 127.0.0.1 with this port; 0 lets the system choose a free one.
    pub const fn port(port: u16) -> Self {
        Self(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port))
    }

    /// The address for sockets.
    pub const fn addr(self) -> SocketAddr {
        self.0
    }
}

impl Default for Loopback {
    fn default() -> Self {
        Self::port(0)
    }
}

impl TryFrom<SocketAddr> for Loopback {
    type Error = NotLoopback;

    fn try_from(addr: SocketAddr) -> Result<Self, NotLoopback> {
        if addr.ip().is_loopback() {
            Ok(Self(addr))
        } else {
            Err(NotLoopback)
        }
    }
}
