//! The shapes of bringing in findings.

use crate::shape::{self, Shape};
use crate::{Document, structure};

static FINDING_DOCUMENTS: Shape = shape::list(&shape::DOCUMENT, shape::within(1, 500));
static RUN: Shape = shape::text(shape::within(1, 64), None);
static SCOPE: Shape = shape::text(shape::within(1, 2048), None);
static FAILED_FINDINGS: Shape = shape::list(&FAILED_FINDING, shape::ANY);

structure! { IMPORT_FINDINGS_INPUT ImportFindingsInput (Default) {
    req Body findings: Vec<Document> = "Findings" "Findings" FINDING_DOCUMENTS;
    opt Body run: String = "Run" "Run" RUN;
    opt Body undated: bool = "Undated" "Undated" shape::BOOLEAN;
} }

structure! { FAILED_FINDING FailedFinding () {
    req Body index: i32 = "Index" "Index" shape::INTEGER;
    req Body reason: String = "Reason" "Reason" shape::STRING;
} }

structure! { IMPORT_FINDINGS_OUTPUT ImportFindingsOutput (Default) {
    req Body created: i32 = "Created" "Created" shape::INTEGER;
    req Body updated: i32 = "Updated" "Updated" shape::INTEGER;
    req Body unchanged: i32 = "Unchanged" "Unchanged" shape::INTEGER;
    req Body failed: Vec<FailedFinding> = "Failed" "Failed" FAILED_FINDINGS;
} }

structure! { COMPLETE_IMPORT_INPUT CompleteImportInput (Default) {
    req Body run: String = "Run" "Run" RUN;
    opt Body scope: String = "Scope" "Scope" SCOPE;
    opt Body after: String = "After" "After" RUN;
} }

structure! { COMPLETE_IMPORT_OUTPUT CompleteImportOutput (Default) {
    req Body closed: i32 = "Closed" "Closed" shape::INTEGER;
    opt Body after: String = "After" "After" RUN;
} }
