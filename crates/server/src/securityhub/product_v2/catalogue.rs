//! The rows of the catalogue, in the order of their names.

use balefire_api::generated::securityhub::IntegrationV2Type;

/// A product that this version works with.
pub struct Product {
    pub name: &'static str,
    pub company: &'static str,
    /// What it does here, and by which command or call.
    pub description: &'static str,
    pub categories: &'static [&'static str],
    pub integrations: &'static [IntegrationV2Type],
    /// Where the product is described by whoever makes it.
    pub url: &'static str,
}

const RECEIVES: &[IntegrationV2Type] = &[IntegrationV2Type::ReceiveFindingsFromSecurityHub];
const SENDS: &[IntegrationV2Type] = &[IntegrationV2Type::SendFindingsToSecurityHub];

/// Invariant: sorted by name, bytewise, and no name twice: pages go on after a name.
pub const PRODUCTS: &[Product] = &[
    Product {
        name: "Amazon Security Lake",
        company: "AWS",
        description: "Its OCSF findings are brought in with `balefire import`.",
        categories: &["Data lake"],
        integrations: SENDS,
        url: "https://aws.amazon.com/security-lake/",
    },
    Product {
        name: "CodeQL",
        company: "GitHub",
        description: "Its SARIF reports are brought in with `balefire import`, or posted to a hook.",
        categories: &["Code analysis"],
        integrations: SENDS,
        url: "https://codeql.github.com",
    },
    Product {
        name: "Grype",
        company: "Anchore",
        description: "Its JSON reports are brought in with `balefire import`, or posted to a hook; \
                      `balefire scan` matches the components of its CycloneDX reports again.",
        categories: &["Vulnerability management"],
        integrations: SENDS,
        url: "https://github.com/anchore/grype",
    },
    Product {
        name: "Inspector",
        company: "AWS",
        description: "What `balefire scan` finds comes by itself. Those of AWS are brought in \
                      with `balefire import`, as ListFindings and finding reports give them.",
        categories: &["Vulnerability management"],
        integrations: SENDS,
        url: "https://aws.amazon.com/inspector/",
    },
    Product {
        name: "Jira Cloud",
        company: "Atlassian",
        description: "A connector leads to a project there, and CreateTicketV2 makes issues of findings.",
        categories: &["Ticketing"],
        integrations: RECEIVES,
        url: "https://www.atlassian.com/software/jira",
    },
    Product {
        name: "Prowler",
        company: "Prowler",
        description: "Its OCSF report (json-ocsf) is brought in with `balefire import`; its ASFF comes by \
                      BatchImportFindings.",
        categories: &["Cloud security posture", "Compliance"],
        integrations: SENDS,
        url: "https://github.com/prowler-cloud/prowler",
    },
    Product {
        name: "Semgrep",
        company: "Semgrep",
        description: "Its SARIF reports are brought in with `balefire import`, or posted to a hook.",
        categories: &["Code analysis"],
        integrations: SENDS,
        url: "https://semgrep.dev",
    },
    Product {
        name: "ServiceNow ITSM",
        company: "ServiceNow",
        description: "A connector leads to an instance, and CreateTicketV2 makes incidents of findings.",
        categories: &["Ticketing"],
        integrations: RECEIVES,
        url: "https://www.servicenow.com",
    },
    Product {
        name: "Syft",
        company: "Anchore",
        description: "Its CycloneDX bills of materials are matched with the advisories by \
                      `balefire scan`, which opens findings and closes them.",
        categories: &["Software inventory", "Vulnerability management"],
        integrations: SENDS,
        url: "https://github.com/anchore/syft",
    },
    Product {
        name: "Trivy",
        company: "Aqua Security",
        description: "Its JSON reports are brought in with `balefire import`, or posted to a hook; \
                      `balefire scan` keeps the inventory of its CycloneDX bills of materials.",
        categories: &["Software inventory", "Vulnerability management"],
        integrations: SENDS,
        url: "https://github.com/aquasecurity/trivy",
    },
];
