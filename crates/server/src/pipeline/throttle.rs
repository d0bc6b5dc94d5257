//! How many requests a second an account may make of an operation, where such limits are set.

use std::num::NonZeroU32;

use balefire_api::Spec;
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::failure::Failure;

/// An operation of an account.
type Key = (String, &'static str);
type Limiter<C> =
    RateLimiter<Key, HashMapStateStore<Key>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// What each account has asked for lately. As much as a second allows may come at once.
pub struct Throttle<C: Clock = MonotonicClock> {
    /// One for each line of `RATES`. Its keys are no more than accounts times operations.
    limiters: Vec<(&'static Rate, Limiter<C>)>,
}

/// Operations of one service that have the same rate.
struct Rate {
    service: &'static str,
    per_second: NonZeroU32,
    /// The name of each, and the code of its quota.
    operations: &'static [(&'static str, &'static str)],
}

impl<C: Clock + Clone> Throttle<C> {
    pub fn new(clock: &C) -> Throttle<C> {
        let limiter = |rate: &Rate| {
            let quota = Quota::per_second(rate.per_second);
            RateLimiter::hashmap_with_clock(quota, clock.clone())
        };
        Throttle {
            limiters: RATES.iter().map(|rate| (rate, limiter(rate))).collect(),
        }
    }

    /// Counts a request, unless it is one too many.
    pub fn admit(&self, account: &str, spec: &Spec) -> Result<(), Failure> {
        for (rate, limiter) in &self.limiters {
            let mut operations = rate.operations.iter();
            if rate.service == spec.service
                && let Some((operation, quota)) = operations.find(|(name, _)| *name == spec.name)
            {
                let admitted = limiter.check_key(&(account.to_owned(), *operation));
                return admitted.map_err(|_| Failure::RateExceeded {
                    operation,
                    quota,
                    per_second: rate.per_second.get(),
                });
            }
        }
        Ok(())
    }
}

/// The published quotas of Incident Manager; the other services name none with a code.
static RATES: [Rate; 4] = [
    Rate {
        service: "ssm-incidents",
        per_second: NonZeroU32::new(30).unwrap(),
        operations: &[
            ("GetTimelineEvent", "L-CA5201AF"),
            ("ListTimelineEvents", "L-51B6B2CA"),
        ],
    },
    Rate {
        service: "ssm-incidents",
        per_second: NonZeroU32::new(10).unwrap(),
        operations: &[
            ("BatchGetIncidentFindings", "L-7A88AF26"),
            ("CreateTimelineEvent", "L-BD3B3682"),
            ("GetIncidentRecord", "L-79F7FE3F"),
            ("GetReplicationSet", "L-B8B5C4FA"),
            ("GetResourcePolicies", "L-12007467"),
            ("GetResponsePlan", "L-55AB8DFA"),
            ("ListIncidentFindings", "L-A08553F0"),
            ("ListIncidentRecords", "L-1494E1F0"),
            ("ListRelatedItems", "L-AFFE651C"),
            ("ListReplicationSets", "L-60218A2B"),
            ("ListResponsePlans", "L-8E3A5BBF"),
            ("ListTagsForResource", "L-01CCB66A"),
        ],
    },
    Rate {
        service: "ssm-incidents",
        per_second: NonZeroU32::new(5).unwrap(),
        operations: &[
            ("CreateResponsePlan", "L-8635B488"),
            ("DeleteIncidentRecord", "L-AB732CD0"),
            ("DeleteResourcePolicy", "L-E7843AED"),
            ("DeleteResponsePlan", "L-B9CCDEDA"),
            ("DeleteTimelineEvent", "L-81058D72"),
            ("PutResourcePolicy", "L-8BD82D65"),
            ("StartIncident", "L-5964C1A6"),
            ("TagResource", "L-32C59404"),
            ("UntagResource", "L-B94A3EEA"),
            ("UpdateIncidentRecord", "L-A7E87765"),
            ("UpdateRelatedItems", "L-02FD30E2"),
            ("UpdateResponsePlan", "L-A320D7D7"),
            ("UpdateTimelineEvent", "L-0476E0C6"),
        ],
    },
    Rate {
        service: "ssm-incidents",
        per_second: NonZeroU32::MIN,
        operations: &[
            ("CreateReplicationSet", "L-A23D539A"),
            ("DeleteReplicationSet", "L-F7EACE1C"),
            ("UpdateDeletionProtection", "L-D9F668D1"),
            ("UpdateReplicationSet", "L-D6FEF05F"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use balefire_api::generated::SERVICES;
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn spec(name: &str) -> &'static Spec {
        let mut operations = SERVICES.iter().flat_map(|service| service.operations);
        operations
            .find(|spec| spec.name == name && spec.service == "ssm-incidents")
            .expect("an operation")
    }

    #[test]
    fn each_account_and_operation_is_counted_by_itself() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::new(&clock);
        let start = spec("StartIncident");
        for _ in 0..5 {
            assert!(throttle.admit("1", start).is_ok());
        }
        let refused = throttle.admit("1", start);
        let Err(Failure::RateExceeded {
            operation,
            quota,
            per_second,
        }) = refused
        else {
            panic!("{refused:?}");
        };
        assert_eq!(
            (operation, quota, per_second),
            ("StartIncident", "L-5964C1A6", 5)
        );
        assert!(throttle.admit("2", start).is_ok());
        assert!(throttle.admit("1", spec("UpdateIncidentRecord")).is_ok());
        // What is refused does not count: a fifth of a second makes room for one.
        clock.advance(Duration::from_millis(200));
        assert!(throttle.admit("1", start).is_ok());
        assert!(throttle.admit("1", start).is_err());
        clock.advance(Duration::from_secs(60));
        let admitted = (0..10).filter(|_| throttle.admit("1", start).is_ok());
        assert_eq!(
            admitted.count(),
            5,
            "what was not asked for is not saved up"
        );
    }

    #[test]
    fn every_operation_of_ssm_incidents_has_one_rate() {
        let named: Vec<&str> = RATES
            .iter()
            .flat_map(|rate| rate.operations)
            .map(|(name, _)| *name)
            .collect();
        let all: BTreeSet<&str> = SERVICES
            .iter()
            .flat_map(|service| service.operations)
            .filter(|spec| spec.service == "ssm-incidents")
            .map(|spec| spec.name)
            .collect();
        assert_eq!(named.len(), all.len());
        assert_eq!(named.into_iter().collect::<BTreeSet<_>>(), all);
    }

    #[test]
    fn what_has_no_rate_is_not_counted() {
        let throttle = Throttle::new(&FakeRelativeClock::default());
        let mut operations = SERVICES.iter().flat_map(|service| service.operations);
        let put = operations
            .find(|spec| spec.name == "PutEvents")
            .expect("an operation");
        assert!((0..1000).all(|_| throttle.admit("1", put).is_ok()));
    }
}
