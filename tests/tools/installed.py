"""Tools as `cargo xtask tools` installs them: each in a Python environment of its own."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.process import ROOT, environment

HERE = Path(__file__).resolve().parent
DEADLINE_S = 240


@dataclass(frozen=True)
class Tool:
    """An environment, where EC2's regions are told, and a folder for what the tool writes."""

    programs: Path
    regions: str
    folder: Path

    @classmethod
    def installed(cls, name, regions, folder):
        place = Path(os.environ.get("BALEFIRE_TOOLS") or ROOT / "target" / "client-tools")
        programs = place / name / "bin"
        if not (programs.parent / "installed.txt").is_file():
            pytest.skip(f"{name} is not in {place}: `cargo xtask tools` installs it")
        return cls(programs, regions, folder)

    def run(self, account, program, *arguments, given="", codes=(0,)):
        """Runs one of the tool's programs with the key of an account; gives how it ended."""
        variables = account.environment() | {
            "AWS_ENDPOINT_URL_EC2": self.regions,
            "AWS_MAX_ATTEMPTS": "1",
            "HOME": str(self.folder),
        }
        done = subprocess.run(
            [self.programs / program, *map(str, arguments)],
            env=environment(**variables),
            cwd=self.folder,
            input=given,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
        )
        assert done.returncode in codes, f"{program} ended with {done.returncode}: {done.stdout}{done.stderr}"
        return done

    def drive(self, account, driver, **request):
        """Runs a driver: a few lines of Python that use the tool's library. Both ends speak JSON."""
        done = self.run(account, "python", HERE / "drivers" / driver, given=json.dumps(request))
        return json.loads(done.stdout)
