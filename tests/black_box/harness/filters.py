"""Filters of GetFindingsV2 in short, and what they find."""

from .findings import all_findings, by_provider_uid


def text(field, value, comparison="EQUALS"):
    return {"StringFilters": [{"FieldName": field, "Filter": {"Value": value, "Comparison": comparison}}]}


def number(field, **bounds):
    return {"NumberFilters": [{"FieldName": field, "Filter": bounds}]}


def date(field, **filter):
    return {"DateFilters": [{"FieldName": field, "Filter": filter}]}


def both(*filters, operator="AND"):
    """One composite of several filters."""
    joined = {"Operator": operator}
    for one in filters:
        for kind, entries in one.items():
            joined.setdefault(kind, []).extend(entries)
    return joined


def found(client, *composites, operator="AND"):
    filters = {"CompositeFilters": list(composites), "CompositeOperator": operator}
    return sorted(by_provider_uid(all_findings(client, Filters=filters)))


def tag(key, value, comparison="EQUALS"):
    return {
        "MapFilters": [
            {"FieldName": "resources.tags", "Filter": {"Key": key, "Value": value, "Comparison": comparison}}
        ]
    }


def address(cidr):
    return {"IpFilters": [{"FieldName": "evidences.src_endpoint.ip", "Filter": {"Cidr": cidr}}]}
