//! The shapes of jobs that were given up.

use crate::shape::{self, Shape};
use crate::{Timestamp, structure};

static DEAD_JOBS: Shape = shape::list(&DEAD_JOB, shape::ANY);
static JOB_ID: Shape = shape::text(shape::within(1, 64), None);
static JOB_KIND: Shape = shape::text(shape::within(1, 64), None);
static JOBS_PER_PAGE: Shape = shape::integer(32, shape::within(1, 1000));

structure! { DEAD_JOB DeadJob () {
    req Body id: String = "Id" "Id" shape::STRING;
    req Body kind: String = "Kind" "Kind" shape::STRING;
    req Body account: String = "Account" "Account" shape::STRING;
    req Body subject: String = "Subject" "Subject" shape::STRING;
    req Body reason: String = "Reason" "Reason" shape::STRING;
    req Body attempts: i64 = "Attempts" "Attempts" shape::LONG;
    req Body created_time: Timestamp = "CreatedTime" "CreatedTime" shape::DATE_TIME;
    req Body died_time: Timestamp = "DiedTime" "DiedTime" shape::DATE_TIME;
} }

structure! { LIST_DEAD_JOBS_INPUT ListDeadJobsInput (Default) {
    opt Body kind: String = "Kind" "Kind" JOB_KIND;
    opt Body max_results: i32 = "MaxResults" "MaxResults" JOBS_PER_PAGE;
    opt Body next_token: String = "NextToken" "NextToken" shape::STRING;
} }

structure! { LIST_DEAD_JOBS_OUTPUT ListDeadJobsOutput (Default) {
    req Body dead_jobs: Vec<DeadJob> = "DeadJobs" "DeadJobs" DEAD_JOBS;
    opt Body next_token: String = "NextToken" "NextToken" shape::STRING;
} }

structure! { RETRY_DEAD_JOB_INPUT RetryDeadJobInput () {
    req Body id: String = "Id" "Id" JOB_ID;
} }

structure! { RETRY_DEAD_JOBS_INPUT RetryDeadJobsInput (Default) {
    opt Body kind: String = "Kind" "Kind" JOB_KIND;
} }

structure! { RETRY_DEAD_JOBS_OUTPUT RetryDeadJobsOutput (Default) {
    req Body retried: i64 = "Retried" "Retried" shape::LONG;
} }

structure! { DROP_DEAD_JOB_INPUT DropDeadJobInput () {
    req Body id: String = "Id" "Id" JOB_ID;
} }
