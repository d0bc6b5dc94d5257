//! IP filters: addresses inside a block of addresses.

use std::net::IpAddr;

use balefire_api::generated::securityhub::{IpFilter, OcsfIpFilter};

use super::super::path::Path;
use super::{Compiler, Node};

/// A block in CIDR notation. Host bits in its address make no difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The address's bits, of an IPv4 address the lowest 32.
    network: u128,
    /// How many of the lowest bits are the host's.
    host_bits: u32,
    is_v4: bool,
}

impl Block {
    /// Reads `address/length`; an address alone is a block of one.
    pub fn parse(text: &str) -> Option<Block> {
        let (address, len) = match text.split_once('/') {
            Some((address, len)) => (address, Some(len)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width: u32 = if address.is_ipv4() { 32 } else { 128 };
        let len = match len {
            None => width,
            // `parse` takes a plus sign, which no prefix length has.
            Some(len) if len.bytes().all(|b| b.is_ascii_digit()) => len.parse().ok()?,
            Some(_) => return None,
        };
        let host_bits = width.checked_sub(len)?;
        // A mapped block is one of IPv4 as long as it lies inside the mapped addresses.
        let (bits, is_v4) = match address {
            IpAddr::V6(_) if host_bits > 32 => (bits_of(address).0, false),
            _ => bits_of(address.to_canonical()),
        };
        Some(Block {
            network: bits.checked_shr(host_bits).unwrap_or(0),
            host_bits,
            is_v4,
        })
    }

    /// Whether a text is an address inside.
    pub fn has(&self, address: &str) -> bool {
        let Ok(address) = address.parse::<IpAddr>() else {
            return false;
        };
        let (bits, is_v4) = bits_of(address.to_canonical());
        is_v4 == self.is_v4 && bits.checked_shr(self.host_bits).unwrap_or(0) == self.network
    }
}

fn bits_of(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(v4) => (v4.to_bits().into(), true),
        IpAddr::V6(v6) => (v6.to_bits(), false),
    }
}

impl Compiler {
    pub(super) fn address(&mut self, filter: &OcsfIpFilter, at: &str) -> Option<Node> {
        let field = self.required(filter.field_name.as_ref(), at, "FieldName");
        let inner = self.required(filter.filter.as_ref(), at, "Filter")?;
        let at = format!("{at}/Filter");
        self.block(Path::of(field?.as_str()), inner, &at)
    }

    pub(super) fn block(&mut self, path: Path, inner: &IpFilter, at: &str) -> Option<Node> {
        let cidr = self.required(inner.cidr.as_ref(), at, "Cidr")?;
        let block = Block::parse(cidr);
        if block.is_none() {
            let rule = "Member must be a block of addresses, such as 10.0.0.0/8 or 2001:db8::/32";
            self.refuse(&format!("{at}/Cidr"), rule);
        }
        Some(Node::Address(path, block?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_in_their_blocks() {
        let cases = [
            ("10.0.0.0/8", "10.255.255.255", true),
            ("10.0.0.0/8", "11.0.0.0", false),
            ("10.1.2.3/8", "10.9.9.9", true),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "10.0.0.1", false),
            ("2001:db8::/32", "2001:DB8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("2001:db8::1", "2001:db8:0::1", true),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("::ffff:10.0.0.0/104", "10.1.1.1", true),
            ("::ffff:10.0.0.0/104", "11.1.1.1", false),
            ("10.0.0.0/31", "10.0.0.1", true),
            ("10.0.0.0/31", "10.0.0.2", false),
            ("10.0.0.0/8", "10.0.0.0/8", false),
            ("10.0.0.0/8", "host", false),
        ];
        for (block, address, inside) in cases {
            let parsed = Block::parse(block).unwrap();
            assert_eq!(parsed.has(address), inside, "{address} in {block}");
        }
    }

    #[test]
    fn what_is_no_block_is_refused() {
        for text in [
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.0/",
            "10.0.0/8",
            "::/129",
            "/8",
            "x",
            "10.0.0.0/8/8",
            "010.0.0.0/8",
        ] {
            assert_eq!(Block::parse(text), None, "{text}");
        }
    }
}
