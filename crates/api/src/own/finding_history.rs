//! The shapes of findings as they were.

use crate::shape::{self, Shape};
use crate::{Document, Timestamp, structure};

static FINDINGS_THEN: Shape = shape::list(&shape::DOCUMENT, shape::ANY);
static FINDINGS_PER_PAGE: Shape = shape::integer(32, shape::within(1, 250));

structure! { LIST_FINDINGS_AS_OF_INPUT ListFindingsAsOfInput () {
    req Body as_of: Timestamp = "AsOf" "AsOf" shape::DATE_TIME;
    opt Body max_results: i32 = "MaxResults" "MaxResults" FINDINGS_PER_PAGE;
    opt Body next_token: String = "NextToken" "NextToken" shape::STRING;
} }

structure! { LIST_FINDINGS_AS_OF_OUTPUT ListFindingsAsOfOutput (Default) {
    req Body findings: Vec<Document> = "Findings" "Findings" FINDINGS_THEN;
    opt Body next_token: String = "NextToken" "NextToken" shape::STRING;
} }
