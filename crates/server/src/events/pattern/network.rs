//! A range of addresses in CIDR notation.

use std::net::IpAddr;

/// Addresses of one version whose first bits are the same.
#[derive(Debug)]
pub struct Network {
    base: IpAddr,
    prefix_bits: u32,
}

impl Network {
    /// Reads `10.0.0.0/24` or `2001:db8::/32`; `Err` says what is wrong.
    pub fn parse(text: &str) -> Result<Network, &'static str> {
        let (base, prefix) = text.split_once('/').ok_or("it has no '/'")?;
        let base: IpAddr = base.parse().map_err(|_| "before the '/' is no address")?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        let prefix_bits = prefix.parse().ok().filter(|_| digits);
        match prefix_bits {
            Some(prefix_bits) if prefix_bits <= bits(base).1 => Ok(Network { base, prefix_bits }),
            _ => Err("after the '/' stands a number up to 32, or up to 128 with IPv6"),
        }
    }

    /// Whether a text is an address of this network.
    pub fn holds(&self, text: &str) -> bool {
        let Ok(address) = text.parse::<IpAddr>() else {
            return false;
        };
        let ((base, base_bits), (address, address_bits)) = (bits(self.base), bits(address));
        let differing = base ^ address;
        // The shift by all 128 bits is that of `::/0`.
        let rest = differing.checked_shr(base_bits - self.prefix_bits);
        base_bits == address_bits && rest.unwrap_or(0) == 0
    }
}

/// An address as a number, and how many bits its version has.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    }
}
