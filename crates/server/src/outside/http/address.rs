//! Which addresses may be reached: a name is resolved once, and what came of it is checked and used.

use std::future::Future;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Uri;
use hyper_util::client::legacy::connect::dns::Name;
use ipnet::IpNet;
use tower_service::Service;

/// Networks of one's own, of the machine, or of no single host: nothing there is a public service.
const INNER: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/128",
    "::1/128",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// Tells inner addresses from public ones.
#[derive(Clone)]
pub struct Guard {
    inner: Arc<[IpNet]>,
    allowed: Arc<[IpNet]>,
}

impl Guard {
    pub fn allowing(allowed: Vec<IpNet>) -> Guard {
        let inner = INNER.iter().filter_map(|net| net.parse().ok());
        Guard {
            inner: inner.collect(),
            allowed: allowed.into(),
        }
    }

    pub fn permits(&self, address: IpAddr) -> bool {
        // An IPv4 address may come dressed as an IPv6 one.
        let address = address.to_canonical();
        self.allowed.iter().any(|net| net.contains(&address))
            || !self.inner.iter().any(|net| net.contains(&address))
    }

    /// Whether the operator has named a network that the address is in.
    pub fn names(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.allowed.iter().any(|net| net.contains(&address))
    }
}

/// The address in a URL that names no host.
pub fn literal(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?;
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

/// What is said of a refused address.
pub fn refused(host: &str, address: IpAddr) -> String {
    format!("{host} is at {address}, in an inner network: add it to outside.allow if that is meant")
}

/// A name that resolves to inner addresses alone.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Resolves names, and gives only addresses that may be reached.
#[derive(Clone)]
pub struct GuardedResolver {
    guard: Guard,
}

impl GuardedResolver {
    pub fn new(guard: Guard) -> GuardedResolver {
        GuardedResolver { guard }
    }

    /// The addresses of a host that may be reached; one that is an address itself is checked too.
    pub async fn resolve(self, host: String) -> Result<Vec<SocketAddr>, BoxError> {
        let name = host.clone();
        let resolve = move || (name.as_str(), 0).to_socket_addrs();
        let found: Vec<SocketAddr> = tokio::task::spawn_blocking(resolve).await??.collect();
        let first = found.first().map(SocketAddr::ip);
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .filter(|at| self.guard.permits(at.ip()))
            .collect();
        match first {
            Some(address) if allowed.is_empty() => Err(Refused(refused(&host, address)).into()),
            _ => Ok(allowed),
        }
    }
}

impl Service<Name> for GuardedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let resolver = self.clone();
        Box::pin(async move {
            let allowed = resolver.resolve(name.as_str().to_owned()).await?;
            Ok(allowed.into_iter())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inner_addresses_are_refused_unless_allowed() {
        let closed = Guard::allowing(Vec::new());
        let open = Guard::allowing(vec!["10.1.0.0/16".parse().expect("a network")]);
        for (address, public, allowed) in [
            ("93.184.216.34", true, true),
            ("2606:2800:220:1::1", true, true),
            ("127.0.0.1", false, false),
            ("::1", false, false),
            ("::ffff:127.0.0.1", false, false),
            ("::ffff:10.1.2.3", false, true),
            ("10.1.2.3", false, true),
            ("10.2.2.3", false, false),
            ("169.254.169.254", false, false),
            ("fd00:ec2::254", false, false),
            ("0.0.0.0", false, false),
            ("255.255.255.255", false, false),
        ] {
            let address: IpAddr = address.parse().expect("an address");
            assert_eq!(closed.permits(address), public, "{address}");
            assert_eq!(open.permits(address), allowed, "{address}");
        }
        assert_eq!(closed.inner.len(), INNER.len());
    }

    #[test]
    fn addresses_in_urls_are_seen() {
        for (uri, expected) in [
            ("http://127.0.0.1:8080/x", Some("127.0.0.1")),
            ("https://[::1]/x", Some("::1")),
            ("https://example.com/x", None),
        ] {
            let uri: Uri = uri.parse().expect("a URL");
            let expected = expected.map(|text| text.parse().expect("an address"));
            assert_eq!(literal(&uri), expected, "{uri}");
        }
    }
}
