"""Measures Balefire beside others on this machine and prints Markdown tables.

`columns` asks the columns, DuckDB and PostgreSQL the same of the same rows; `endpoints` asks servers that
speak the AWS protocol for findings.
"""

import argparse

import columns
import endpoints


def named_url(text):
    name, _, url = text.partition("=")
    if not url.startswith("http://"):
        raise argparse.ArgumentTypeError("an endpoint is NAME=http://HOST:PORT")
    return name, url


def main():
    parser = argparse.ArgumentParser(prog="python benches/rivals", description=__doc__)
    commands = parser.add_subparsers(required=True)
    asked = commands.add_parser("columns", help="filters and groupings beside DuckDB and PostgreSQL")
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.set_defaults(run=lambda given: columns.compare(given.rows))
    asked = commands.add_parser("endpoints", help="GetFindings beside moto and any endpoint that is named")
    asked.add_argument("--findings", type=int, default=10_000)
    asked.add_argument("--endpoint", type=named_url, action="append", default=[], metavar="NAME=URL")
    asked.set_defaults(run=lambda given: endpoints.compare(given.findings, given.endpoint))
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
