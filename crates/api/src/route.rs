//! Finds the operation for a method and a raw path: literal before label before greedy label.

use std::cmp::Reverse;

use crate::spec::{Service, Spec};
use crate::text::{percent_decoded, query_parameters};

/// The routes of one restJson1 service.
#[derive(Debug)]
pub struct Router {
    routes: Vec<Route>,
}

/// What a route leads to.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    Operation(&'static Spec),
    /// In the model, but not generated.
    NamedOnly(&'static str),
}

/// An operation with the labels of its path, decoded once.
#[derive(Debug)]
pub struct Match {
    pub target: Target,
    pub labels: Vec<(&'static str, String)>,
}

#[derive(Debug)]
struct Route {
    method: &'static str,
    segments: Vec<Segment>,
    query: Vec<(&'static str, Option<&'static str>)>,
    target: Target,
}

/// The order of the variants is the order of preference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
    Greedy(&'static str),
}

impl Segment {
    fn rank(self) -> u8 {
        match self {
            Segment::Literal(_) => 0,
            Segment::Label(_) => 1,
            Segment::Greedy(_) => 2,
        }
    }
}

impl Router {
    pub fn new(service: &Service) -> Router {
        let generated = service
            .operations
            .iter()
            .map(|spec| (spec.method, spec.uri, Target::Operation(spec)));
        let named = service
            .named_only
            .iter()
            .map(|&(name, method, uri)| (method, uri, Target::NamedOnly(name)));
        let mut routes: Vec<Route> = generated
            .chain(named)
            .map(|(method, uri, target)| Route::new(method, uri, target))
            .collect();
        routes.sort_by_key(|route| {
            let ranks: Vec<u8> = route
                .segments
                .iter()
                .map(|segment| segment.rank())
                .collect();
            (ranks, Reverse(route.query.len()))
        });
        Router { routes }
    }

    /// `path` and `query` are as the wire has them, before any decoding.
    pub fn find(&self, method: &str, path: &str, query: &str) -> Option<Match> {
        let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
        self.routes
            .iter()
            .filter(|route| route.method == method)
            .find_map(|route| {
                let labels = route.labels(&segments)?;
                route.query_fits(query).then_some(Match {
                    target: route.target,
                    labels,
                })
            })
    }
}

impl Route {
    fn new(method: &'static str, uri: &'static str, target: Target) -> Route {
        let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
        let segments = path
            .trim_start_matches('/')
            .split('/')
            .map(segment)
            .collect();
        let query = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| match pair.split_once('=') {
                Some((key, value)) => (key, Some(value)),
                None => (pair, None),
            })
            .collect();
        Route {
            method,
            segments,
            query,
            target,
        }
    }

    fn labels(&self, path: &[&str]) -> Option<Vec<(&'static str, String)>> {
        let greedy = self
            .segments
            .iter()
            .any(|s| matches!(s, Segment::Greedy(_)));
        let spare = path.len().checked_sub(self.segments.len())?;
        if spare > 0 && !greedy {
            return None;
        }
        let mut labels = Vec::new();
        let mut at = 0;
        for segment in &self.segments {
            let taken = if matches!(segment, Segment::Greedy(_)) {
                1 + spare
            } else {
                1
            };
            let raw = &path[at..at + taken];
            at += taken;
            match segment {
                Segment::Literal(text) if raw[0] == *text => {}
                Segment::Literal(_) => return None,
                Segment::Label(name) | Segment::Greedy(name) => {
                    let text = percent_decoded(&raw.join("/")).filter(|text| !text.is_empty())?;
                    labels.push((*name, text));
                }
            }
        }
        Some(labels)
    }

    fn query_fits(&self, query: &str) -> bool {
        if self.query.is_empty() {
            return true;
        }
        let Some(given) = query_parameters(query) else {
            return false;
        };
        self.query.iter().all(|(key, value)| {
            given
                .iter()
                .any(|(k, v)| k == key && value.is_none_or(|wanted| v == wanted))
        })
    }
}

fn segment(text: &'static str) -> Segment {
    match text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) {
        None => Segment::Literal(text),
        Some(name) => match name.strip_suffix('+') {
            Some(name) => Segment::Greedy(name),
            None => Segment::Label(name),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Protocol;

    static SERVICE: Service = Service {
        name: "test",
        protocol: Protocol::RestJson,
        target_prefix: "",
        operations: &[],
        named_only: &[
            ("Get", "GET", "/rules/{Identifier}"),
            ("List", "GET", "/rules/list"),
            ("Delete", "DELETE", "/insights/{Arn+}"),
            ("Results", "GET", "/insights/results/{Arn+}"),
            ("Tags", "GET", "/tags/{resourceArn}"),
        ],
    };

    fn found(method: &str, path: &str) -> Option<(&'static str, Vec<String>)> {
        let found = Router::new(&SERVICE).find(method, path, "")?;
        let Target::NamedOnly(name) = found.target else {
            return None;
        };
        Some((
            name,
            found.labels.into_iter().map(|(_, text)| text).collect(),
        ))
    }

    #[test]
    fn literals_win_and_labels_are_decoded_once() {
        for (method, path, expected) in [
            ("GET", "/rules/list", Some(("List", vec![]))),
            ("GET", "/rules/abc%2Flist", Some(("Get", vec!["abc/list"]))),
            ("GET", "/rules/a/b", None),
            ("GET", "/rules/", None),
            (
                "DELETE",
                "/insights/arn%3Aaws/x/y",
                Some(("Delete", vec!["arn:aws/x/y"])),
            ),
            (
                "GET",
                "/insights/results/a/b",
                Some(("Results", vec!["a/b"])),
            ),
            (
                "GET",
                "/tags/arn%3Aaws%3Ax%252F",
                Some(("Tags", vec!["arn:aws:x%2F"])),
            ),
            ("PUT", "/tags/x", None),
            ("GET", "/tags/%FF", None),
        ] {
            let expected =
                expected.map(|(n, l)| (n, l.into_iter().map(String::from).collect::<Vec<_>>()));
            assert_eq!(found(method, path), expected, "{method} {path}");
        }
    }
}
