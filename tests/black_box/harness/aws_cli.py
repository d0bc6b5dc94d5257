"""The AWS CLI as its users run it: a process with the environment of an account."""

import json
import subprocess
import sys

from .process import DEADLINE_S, environment


def aws(account, service, command, *arguments, **options):
    """Runs a command; gives what it printed as JSON. Options are given as Python values."""
    done = run(account, service, command, *arguments, **options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


def run(account, service, command, *arguments, variables=None, **options):
    given = [str(argument) for argument in arguments]
    for name, value in options.items():
        given.append("--" + name.replace("_", "-"))
        given.append(value if isinstance(value, str) else json.dumps(value))
    own = account.environment() | {"AWS_PAGER": "", "AWS_MAX_ATTEMPTS": "1"}
    return subprocess.run(
        [sys.executable, "-m", "awscli", "--output", "json", service, command, *given],
        env=environment(**own, **(variables or {})),
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
    )
