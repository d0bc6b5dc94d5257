"""Filters, orders and groups of many rows: the columns, DuckDB and PostgreSQL."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duck
import postgres
import questions
from table import markdown, ratio

ROOT = Path(__file__).resolve().parents[2]
RUNS = 9


@dataclass
class Answers:
    """What one engine answers, and in how many milliseconds."""

    name: str
    pages: dict
    groups: dict
    ms: dict


GROUPINGS = "seven groupings of all"


def compare(rows):
    with tempfile.TemporaryDirectory(prefix="balefire-rivals-") as folder:
        written = Path(folder) / "rows.ndjson"
        told("the columns")
        ours = of_columns(Path(folder), rows)
        told("DuckDB: loading")
        theirs = [of_engine(duck.NAME, duck.Duck(written))]
        told("PostgreSQL: loading and indexing")
        with postgres.server() as socket:
            engine = postgres.Postgres(socket, written)
            theirs.append(of_engine(engine.name, engine))
    for answers in theirs:
        check(ours, answers)
    show(rows, ours, theirs)


def of_columns(folder, rows):
    variables = {"BALEFIRE_BENCH_ROWS": str(rows), "BALEFIRE_BENCH_COMPARE": str(folder)}
    command = ["cargo", "bench", "-p", "balefire-columns", "--bench", "columns"]
    subprocess.run(command, cwd=ROOT, env=os.environ | variables, stdout=subprocess.DEVNULL, check=True)
    answers = json.loads((folder / "answers.json").read_text())
    groupings = answers["groupings"]
    return Answers(
        "Balefire",
        {page["name"]: (page["count"], page["page"]) for page in answers["pages"]},
        {entry["field"]: [tuple(group) for group in entry["groups"]] for entry in groupings["fields"]},
        {page["name"]: page["ms"] for page in answers["pages"]} | {GROUPINGS: groupings["ms"]},
    )


def of_engine(name, engine):
    told(f"{name}: asking")
    pages, ms = {}, {}
    for shape, (condition, by) in questions.shapes(engine.has, engine.begins).items():
        [(count,)] = engine.ask(questions.count(condition))
        statement = questions.page(condition, by)
        pages[shape] = count, [bytes(key).hex() for (key,) in engine.ask(statement)]
        ms[shape] = fastest_ms(lambda statement=statement: engine.ask(statement))
    statements = {field: questions.groups(field) for field in questions.GROUPED}
    groups = {field: engine.ask(statement) for field, statement in statements.items()}
    ms[GROUPINGS] = fastest_ms(lambda: [engine.ask(statement) for statement in statements.values()])
    return Answers(name, pages, groups, ms)


def fastest_ms(run):
    """Of several runs: on a shared machine what takes longer is interrupted more often."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1000)
    return min(times)


def check(ours, theirs):
    """Ends the run where an engine answers something else: it was asked something else."""
    for mine, other in ((ours.pages, theirs.pages), (ours.groups, theirs.groups)):
        for question in mine.keys() | other.keys():
            if mine.get(question) != other.get(question):
                raise SystemExit(
                    f"{theirs.name} answers {question!r} otherwise:\n{other.get(question)}\nand not\n"
                    f"{mine.get(question)}"
                )


def show(rows, ours, theirs):
    head = ["first 100 of", "rows", "Balefire, ms"]
    for answers in theirs:
        head += [f"{answers.name}, ms", "ratio"]
    lines = []
    for question, ms in ours.ms.items():
        count = rows if question == GROUPINGS else ours.pages[question][0]
        line = [question, f"{count:,}", f"{ms:.2f}"]
        for answers in theirs:
            line += [f"{answers.ms[question]:.2f}", ratio(answers.ms[question] / ms)]
        lines.append(line)
    print(f"{rows:,} rows; all pages, counts and groups are equal\n\n{markdown(head, lines)}")


def told(text):
    print(text, file=sys.stderr, flush=True)
