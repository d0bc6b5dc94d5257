"""DuckDB in memory, on one thread."""

import duckdb
import questions

NAME = f"DuckDB {duckdb.__version__}"


class Duck:
    def __init__(self, rows):
        self.connection = duckdb.connect(":memory:")
        self.connection.execute("SET threads = 1")
        read = {"key": "TEXT"} | {
            name: "TEXT[]" if kind.startswith("TEXT") else kind for name, kind in questions.FIELDS.items()
        }
        read = ", ".join(f"{name}: '{kind}'" for name, kind in read.items())
        fields = ", ".join(
            f"{name}[1] AS {name}" if kind == "TEXT" else name for name, kind in questions.FIELDS.items()
        )
        self.connection.execute(
            f"CREATE TABLE findings AS SELECT unhex(key) AS key, {fields}"
            f" FROM read_ndjson('{rows}', columns = {{{read}}})"
        )

    @staticmethod
    def has(field, text):
        return f"list_contains({field}, '{text}')"

    @staticmethod
    def begins(field, text):
        return f"len(list_filter({field}, lambda text: text LIKE '{text}%')) > 0"

    def ask(self, statement):
        return self.connection.execute(statement).fetchall()
