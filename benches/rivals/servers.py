"""Balefire and moto as processes of this machine."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 60

# The account that moto answers for, so that all servers can be given the same findings.
ACCOUNT = "123456789012"
ACCESS_KEY = "AKIARIVALS0000000000"
SECRET_KEY = "secret-of-the-benchmarks-beside-others"


@contextmanager
def balefire(folder):
    """The name and the URL of a server on an empty store."""
    binary = Path(os.environ.get("BALEFIRE_BIN") or ROOT / "target" / "release" / "balefire")
    if not binary.is_file():
        raise SystemExit(
            f"{binary} is no file: build it (cargo build --release) or name another by BALEFIRE_BIN"
        )
    variables = {
        "BALEFIRE_ACCOUNT_ID": ACCOUNT,
        "BALEFIRE_ACCESS_KEY_ID": ACCESS_KEY,
        "BALEFIRE_SECRET_ACCESS_KEY": SECRET_KEY,
    }
    command = [binary.resolve(), "serve", "--data", folder / "data", "--listen", "127.0.0.1:0"]
    with open(folder / "balefire.log", "wb") as log:
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=os.environ | variables, stdout=pipe, stderr=log, text=True)
    with _ended(process):
        for line in process.stdout:
            listening = re.fullmatch(r"Balefire listens at (http://\S+)\n", line)
            if listening:
                yield "Balefire", listening.group(1)
                return
        raise SystemExit(f"Balefire did not listen: {(folder / 'balefire.log').read_text()}")


@contextmanager
def moto():
    """The name and the URL of a moto server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # As the program `moto_server` does.
    start = "import sys; from moto.server import main; main(sys.argv[1:])"
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-c", start, "-H", "127.0.0.1", "-p", str(port)]
    with _ended(subprocess.Popen(command, stdout=quiet, stderr=quiet)) as process:
        _wait_for(process, port)
        yield f"moto {version('moto')}", f"http://127.0.0.1:{port}"


@contextmanager
def _ended(process):
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=DEADLINE_S)


def _wait_for(process, port):
    end = time.monotonic() + DEADLINE_S
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise SystemExit(f"nothing listens on port {port}")
