//! One look at a page: who looks, from which region, and when.

use std::sync::Arc;

use balefire_api::generated::ssm_incidents::operations as op;
use balefire_api::generated::ssm_incidents::{GetReplicationSetInput, ListReplicationSetsInput};
use balefire_api::{Operation, Timestamp};

use super::form::Form;
use super::moment::Moment;
use super::reply::STYLE_HREF;
use crate::context::Caller;
use crate::failure::Failure;
use crate::pipeline::Pipeline;

/// The region of those who have chosen none and have no replication set.
const REGION_DEFAULT: &str = "us-east-1";

/// Regions that are offered besides those of the replication set.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Sections of the console, as its navigation has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Overview,
    Incidents,
    Findings,
    Vulnerabilities,
}

impl Section {
    pub const ALL: [Section; 4] = [
        Section::Overview,
        Section::Incidents,
        Section::Findings,
        Section::Vulnerabilities,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Section::Overview => "Overview",
            Section::Incidents => "Incidents",
            Section::Findings => "Findings",
            Section::Vulnerabilities => "Vulnerabilities",
        }
    }

    pub fn path(self) -> &'static str {
        match self {
            Section::Overview => "/console",
            Section::Incidents => "/console/incidents",
            Section::Findings => "/console/findings",
            Section::Vulnerabilities => "/console/vulnerabilities",
        }
    }
}

/// A visit of someone who is signed in.
pub struct Visit<'a> {
    pub pipeline: &'a Pipeline,
    pub caller: Arc<Caller>,
    /// From the query, else the cookie, else the first of the replication set, else `us-east-1`.
    pub region: String,
    /// Those of the replication set.
    pub own_regions: Vec<String>,
    pub now: Timestamp,
    pub query: Form,
}

/// What every page shows around its content.
pub struct Frame {
    pub title: String,
    pub section: Section,
    pub account: String,
    pub user: String,
    pub administrator: bool,
    pub region: String,
    pub own_regions: Vec<String>,
    pub other_regions: Vec<&'static str>,
    pub now: Moment,
}

impl<'a> Visit<'a> {
    /// `chosen` is the region that the query or the cookie asks for.
    pub async fn begin(
        pipeline: &'a Pipeline,
        caller: Arc<Caller>,
        chosen: Option<String>,
        now: Timestamp,
        query: Form,
    ) -> Result<Visit<'a>, Failure> {
        let mut visit = Visit {
            pipeline,
            caller,
            region: REGION_DEFAULT.into(),
            own_regions: Vec::new(),
            now,
            query,
        };
        visit.own_regions = visit.replicated_regions().await?;
        if let Some(region) = chosen.or_else(|| visit.own_regions.first().cloned()) {
            visit.region = region;
        }
        Ok(visit)
    }

    /// Calls an operation as this visitor.
    pub async fn ask<O: Operation>(&self, input: O::Input) -> Result<O::Output, Failure> {
        self.ask_in::<O>(&self.region, input).await
    }

    /// The same in another region than the visitor's.
    pub async fn ask_in<O: Operation>(
        &self,
        region: &str,
        input: O::Input,
    ) -> Result<O::Output, Failure> {
        let caller = self.caller.clone();
        self.pipeline.call::<O>(caller, region, input).await
    }

    async fn replicated_regions(&self) -> Result<Vec<String>, Failure> {
        let sets = self
            .ask::<op::ListReplicationSets>(ListReplicationSetsInput::default())
            .await?;
        let Some(arn) = sets.replication_set_arns.into_iter().next() else {
            return Ok(Vec::new());
        };
        let set = self.ask::<op::GetReplicationSet>(GetReplicationSetInput { arn });
        match set.await {
            Ok(output) => Ok(output.replication_set.region_map.into_keys().collect()),
            // It was deleted between the two calls.
            Err(Failure::NotFound { .. }) => Ok(Vec::new()),
            Err(failure) => Err(failure),
        }
    }

    pub fn moment(&self, at: Timestamp) -> Moment {
        Moment::of(at, self.now)
    }

    pub fn frame(&self, section: Section, title: impl Into<String>) -> Frame {
        let known = |region: &&str| !self.own_regions.iter().any(|own| own == region);
        let user = self.caller.arn.rsplit(['/', ':']).next();
        Frame {
            title: title.into(),
            section,
            account: self.caller.account.clone(),
            user: user.unwrap_or_default().to_owned(),
            administrator: self.caller.administrator,
            region: self.region.clone(),
            own_regions: self.own_regions.clone(),
            other_regions: REGIONS.iter().copied().filter(known).collect(),
            now: self.moment(self.now),
        }
    }
}

impl Frame {
    pub fn style(&self) -> &'static str {
        &STYLE_HREF
    }

    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    pub fn is_in(&self, region: &str) -> bool {
        self.region == region
    }

    /// Whether the region is none of those in the list, so that it needs a line of its own.
    pub fn region_is_other(&self) -> bool {
        let region = self.region.as_str();
        !self.own_regions.iter().any(|own| own == region) && !REGIONS.contains(&region)
    }
}

/// Whether a text has the form of a region's name.
pub fn is_region(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
