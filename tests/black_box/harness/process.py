"""The `balefire` binary: its commands, and the server as a process."""

import os
import queue
import re
import shlex
import signal
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

from .account import Account

ROOT = Path(__file__).resolve().parents[3]
# Generous: what is slow here is a shared machine, not the server.
DEADLINE_S = 60

ADMINISTRATOR = Account("111122223333", "AKIABLACKBOXADMIN000", "black-box-secret-of-the-administrator")


def binary():
    """The program under test, by BALEFIRE_BIN or where cargo puts it."""
    path = Path(os.environ.get("BALEFIRE_BIN") or ROOT / "target" / "debug" / "balefire")
    assert path.is_file(), f"{path} is no file: build it (cargo build) or name another by BALEFIRE_BIN"
    return str(path.resolve())


def environment(**more):
    """What a child sees of ours: no key, profile or proxy of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LANG") if name in os.environ}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return kept | {"HOME": "/nonexistent"} | nowhere | more


def first_start(account=ADMINISTRATOR):
    """The variables that make `account` the first of an empty store."""
    return {
        "BALEFIRE_ACCOUNT_ID": account.id,
        "BALEFIRE_ACCESS_KEY_ID": account.access_key_id,
        "BALEFIRE_SECRET_ACCESS_KEY": account.secret_access_key,
    }


def balefire(*arguments, account=None, variables=None, cwd=None):
    """Runs a command to its end."""
    own = account.environment() if account else {}
    return subprocess.run(
        [binary(), *map(str, arguments)],
        env=environment(**own, **(variables or {})),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )


def balefire_unread(*arguments, account):
    """Runs a command whose standard output nobody reads any more."""
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        return subprocess.run(
            [binary(), *map(str, arguments)],
            env=environment(**account.environment()),
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=DEADLINE_S,
        )


def create_account(store, account_id, name=""):
    """Makes a member account in a store that no server has open."""
    done = balefire(
        "admin", "create-account", account_id, "--name", name, *store.arguments(), variables=first_start()
    )
    assert done.returncode == 0, done.stderr
    shown = dict(word.split("=", 1) for word in shlex.split(done.stdout) if "=" in word)
    return Account(account_id, shown["AWS_ACCESS_KEY_ID"], shown["AWS_SECRET_ACCESS_KEY"])


class Server:
    """A running server. Its port is the one that it printed.

    At the end of a `with` it must end well, unless the test has broken off. `within` is a command that runs it.
    """

    def __init__(self, store, *options, variables=None, within=()):
        self.store = store
        self.log_path = store.directory.parent / f"{store.directory.name}.log"
        self._lines = queue.Queue()
        self.printed = []
        command = [*within, binary(), "serve", *store.arguments()]
        if "--listen" not in options:
            command += ["--listen", "127.0.0.1:0"]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*command, *map(str, options)],
                env=environment(**(first_start() if variables is None else variables)),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        threading.Thread(target=self._read, daemon=True).start()
        self.endpoint = self._wait_until_it_listens()
        self.administrator = replace(ADMINISTRATOR, endpoint=self.endpoint)
        self.members = []
        self.unused = []

    def __enter__(self):
        return self

    def __exit__(self, broken, *_):
        try:
            if broken is None:
                self.stop()
        finally:
            if self.process.poll() is None:
                self.kill()

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def _wait_until_it_listens(self):
        while True:
            try:
                line = self._lines.get(timeout=DEADLINE_S)
            except queue.Empty:
                self.kill()
                raise AssertionError(
                    f"the server did not listen within {DEADLINE_S} s: {self.log()}"
                ) from None
            if line is None:
                code = self.process.wait(timeout=DEADLINE_S)
                raise AssertionError(f"the server ended with {code}: {self.log()}")
            self.printed.append(line)
            listening = re.fullmatch(r"Balefire listens at (https?://\S+)\n", line)
            if listening:
                return listening.group(1)

    @property
    def pid(self):
        return self.process.pid

    def at(self, account):
        """The account at this server."""
        return replace(account, endpoint=self.endpoint)

    def log(self):
        return self.log_path.read_text(errors="replace")

    def kill(self):
        """As a power cut of the process: it gets no chance to finish anything."""
        self.process.kill()
        self.process.wait(timeout=DEADLINE_S)

    def stop(self):
        """Asks it to end, and expects that it does so well and has complained of nothing."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=DEADLINE_S)
        log = self.log()
        assert code == 0, f"the server ended with {code}: {log}"
        assert "panicked" not in log and " ERROR " not in log, log
        for account in [self.administrator, *self.members]:
            assert account.secret_access_key not in log, "a secret is in the log"

    def memory_kib(self, name="VmRSS"):
        """A line of the kernel's account of the process, in KiB."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
        raise AssertionError(f"/proc/{self.pid}/status has no {name}")
