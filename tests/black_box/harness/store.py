"""Stores for servers: a directory, and with PostgreSQL a database of its own."""

import os
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import pg8000.native
import pytest

ENGINES = ["sqlite", "postgres"]


@dataclass(frozen=True)
class Store:
    """Where a server's data is."""

    engine: str
    directory: Path
    database: str | None = None

    def arguments(self):
        """The options that name it on the command line."""
        named = ["--data", str(self.directory)]
        return named + (["--database", self.database] if self.database else [])


@contextmanager
def new_store(engine, directory):
    """An empty store, which is removed afterwards."""
    if engine == "sqlite":
        yield Store(engine, directory)
        return
    superuser = _superuser_url()
    name = f"balefire_test_{secrets.token_hex(8)}"
    _run(superuser, f"CREATE DATABASE {name}")
    try:
        yield Store(engine, directory, urlunsplit(urlsplit(superuser)._replace(path=f"/{name}")))
    finally:
        _run(superuser, f"DROP DATABASE {name} WITH (FORCE)")


def _superuser_url():
    url = os.environ.get("TEST_POSTGRES")
    if url:
        return url
    reason = "TEST_POSTGRES is not set; it names a superuser, as postgres://postgres@127.0.0.1:5432/postgres"
    if os.environ.get("CI") == "true":
        pytest.fail(f"with CI=true both engines are tested, and {reason}")
    pytest.skip(reason)


def _run(url, statement):
    parts = urlsplit(url)
    connection = pg8000.native.Connection(
        unquote(parts.username or "postgres"),
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 5432,
        database=parts.path.lstrip("/") or "postgres",
        password=unquote(parts.password) if parts.password else None,
    )
    try:
        connection.run(statement)
    finally:
        connection.close()
