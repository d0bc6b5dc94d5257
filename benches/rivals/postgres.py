"""A PostgreSQL server of our own, with an index on every column that is asked for."""

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import questions

# The user whom Debian's packages make. The server refuses to run as root.
USER = "postgres"

# All rows stay in memory, a question has one process, and no time goes into compiling it.
SETTINGS = {
    "shared_buffers": "2GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "512MB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "fsync": "off",
    "max_wal_size": "8GB",
    "listen_addresses": "",
}

SORTED = ["modified", "score", "severity_id"]


def programs():
    """The folder of the server's programs: the path's, or the newest of Debian's."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    if not versions:
        raise SystemExit("no PostgreSQL: neither on the path nor as Debian's packages")
    return max(versions, key=lambda path: int(path.parent.name))


@contextmanager
def server():
    """The folder of a running server's socket; server and folder go afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="balefire-rivals-"))
    as_user = []
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
        as_user = ["runuser", "-u", USER, "--"]

    def run(name, *arguments):
        # To a file: the server that a command starts would keep a pipe open.
        with open(folder / "command.log", "w+") as log:
            command = [*as_user, programs() / name, *arguments, "--pgdata", folder / "data"]
            done = subprocess.run(command, cwd=folder, stdout=log, stderr=log)
            if done.returncode:
                log.seek(0)
                raise SystemExit(f"{name} ended with {done.returncode}: {log.read()}")

    try:
        run("initdb", "--auth=trust", f"--username={USER}", "--locale=C", "--encoding=UTF8")
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
        run("pg_ctl", "start", "-w", "-l", folder / "log", "-o", f"-k {folder} {options}")
        try:
            yield folder
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


class Postgres:
    def __init__(self, folder, rows):
        self.connection = psycopg.connect(host=str(folder), user=USER, dbname="postgres", autocommit=True)
        version = self.connection.info.server_version
        self.name = f"PostgreSQL {version // 10_000}.{version % 10_000}"
        fields = ", ".join(f"{name} {kind}" for name, kind in questions.FIELDS.items())
        self.connection.execute(f"CREATE TABLE findings (key BYTEA PRIMARY KEY, {fields})")
        with self.connection.cursor() as cursor, cursor.copy("COPY findings FROM STDIN") as copy:
            with open(rows) as lines:
                for line in lines:
                    copy.write_row(_values(json.loads(line)))
        for statement in _indexes():
            self.connection.execute(statement)
        self.connection.execute("VACUUM ANALYZE findings")

    @staticmethod
    def has(field, text):
        return f"{field} @> ARRAY['{text}']"

    @staticmethod
    def begins(field, text):
        return f"EXISTS (SELECT FROM unnest({field}) AS text WHERE text LIKE '{text}%')"

    def ask(self, statement):
        return self.connection.execute(statement, prepare=True).fetchall()


def _values(row):
    values = [bytes.fromhex(row["key"])]
    for name, kind in questions.FIELDS.items():
        value = row.get(name)
        if kind == "TEXT":
            [value] = value
        elif kind == "INTEGER":
            value = int(value)
        values.append(value)
    return values


def _indexes():
    for name, kind in questions.FIELDS.items():
        if kind == "TEXT[]":
            yield f"CREATE INDEX ON findings USING gin ({name})"
        elif name in SORTED:
            # Without the key, rows of one value would have to be sorted.
            yield f"CREATE INDEX ON findings ({name} DESC, key)"
        else:
            yield f"CREATE INDEX ON findings ({name})"
    yield "CREATE EXTENSION pg_trgm"
    yield "CREATE INDEX ON findings USING gin (title gin_trgm_ops)"
