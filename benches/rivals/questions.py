"""The questions of the columns' benchmark (crates/columns/benches/columns/shapes.rs) as SQL."""

FIRST_MS = 1_750_000_000_000
DAY_MS = 86_400_000

# The fields of rows and what they are in SQL. Each engine has its own word for a list of texts.
FIELDS = {
    "account": "TEXT",
    "region": "TEXT",
    "title": "TEXT",
    "product": "TEXT",
    "severity": "TEXT",
    "status": "TEXT",
    "resource_type": "TEXT",
    "resource": "TEXT",
    "cve": "TEXT[]",
    "types": "TEXT[]",
    "severity_id": "INTEGER",
    "score": "DOUBLE PRECISION",
    "created": "BIGINT",
    "modified": "BIGINT",
}
LISTS = [name for name, kind in FIELDS.items() if kind == "TEXT[]"]
GROUPED = ["account", "region", "title", "product", "severity", "status", "types"]


def days(field, first, last):
    return f"{field} BETWEEN {FIRST_MS + first * DAY_MS} AND {FIRST_MS + last * DAY_MS}"


def shapes(has, begins):
    """Each question with its condition and what it is sorted by.

    `has` writes that a list has a text, `begins` that a text of a list begins with one.
    """
    return {
        "severity, status and account": (
            "severity_id >= 4 AND status = 'New' AND account = '100000000003'",
            "modified",
        ),
        "word, prefix, severity and not a product": (
            "title LIKE '%encryption%' AND region LIKE 'eu-%' AND severity_id >= 3"
            " AND product <> 'Product 3'",
            "modified",
        ),
        "a type or another, dates, a score": (
            "(resource_type = 'AWS::Service7::Thing' OR resource_type = 'AWS::Service9::Thing')"
            f" AND {days('created', 10, 40)} AND score >= 4",
            "score",
        ),
        "a vulnerability and not a status": (
            f"{has('cve', 'CVE-2025-77')} AND status <> 'Resolved'",
            "modified",
        ),
        "accounts or a group, title prefix": (
            "(account = '100000000003' OR account = '100000000004'"
            f" OR {has('types', 'Checks/Group 3')}) AND title LIKE 'Resource 7%'",
            "modified",
        ),
        "nothing": ("TRUE", "modified"),
        "status, not a region, types, dates": (
            f"status = 'New' AND region <> 'eu-region-1' AND {begins('types', 'Checks/Bench')}"
            f" AND {days('modified', 5, 60)}",
            "severity_id",
        ),
        "resource prefix and severity": (
            "resource LIKE 'arn:aws:service7:::thing/0000%' AND severity_id >= 5",
            "modified",
        ),
    }


def page(condition, by):
    return f"SELECT key FROM findings WHERE {condition} ORDER BY {by} DESC, key LIMIT 100"


def count(condition):
    return f"SELECT count(*) FROM findings WHERE {condition}"


def groups(field):
    value = f"unnest({field})" if field in LISTS else field
    values = f"(SELECT {value} AS value FROM findings) AS chosen"
    return f"SELECT value, count(*) FROM {values} GROUP BY value ORDER BY count(*) DESC, value LIMIT 10"
