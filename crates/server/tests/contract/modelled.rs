//! Every operation of the models, by service.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use balefire_api::{Protocol, Service, Spec};

/// An operation of a model: generated with its shapes, or known by name only.
#[derive(Clone, Copy)]
pub struct Modelled {
    pub service: &'static Service,
    pub name: &'static str,
    pub method: &'static str,
    pub uri: &'static str,
    pub spec: Option<&'static Spec>,
}

/// Every operation of every model.
pub fn all() -> Vec<Modelled> {
    let services = balefire_api::generated::SERVICES.iter().copied();
    services.flat_map(of).collect()
}

fn of(service: &'static Service) -> impl Iterator<Item = Modelled> {
    let generated = service.operations.iter().map(move |&spec| Modelled {
        service,
        name: spec.name,
        method: spec.method,
        uri: spec.uri,
        spec: Some(spec),
    });
    let named = service.named_only.iter();
    generated.chain(named.map(move |&(name, method, uri)| Modelled {
        service,
        name,
        method,
        uri,
        spec: None,
    }))
}

/// Every operation with a handler: the models' and Balefire's own.
pub fn answered() -> Vec<Modelled> {
    let own = of(&balefire_api::own::SERVICE);
    let mut modelled: Vec<Modelled> = all().into_iter().chain(own).collect();
    modelled.retain(|operation| is_answered(operation.service.name, operation.name));
    modelled
}

/// Whether an operation has a handler.
pub fn is_answered(service: &str, name: &str) -> bool {
    static ANSWERED: LazyLock<HashSet<(&str, &str)>> = LazyLock::new(|| {
        let handlers = balefire::operations(&Arc::default());
        let names = handlers.iter().map(|handler| handler.spec);
        names.map(|spec| (spec.service, spec.name)).collect()
    });
    ANSWERED.contains(&(service, name))
}

impl Modelled {
    /// `service:Operation`, as `not_yet.txt` writes it.
    pub fn id(&self) -> String {
        format!("{}:{}", self.service.name, self.name)
    }

    /// Of these two models only what is generated is in the plan; the rest is no debt.
    pub fn is_planned(&self) -> bool {
        self.spec.is_some() || !["events", "sts"].contains(&self.service.name)
    }

    pub fn protocol(&self) -> Protocol {
        self.service.protocol
    }
}
