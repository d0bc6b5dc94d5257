"""Fixtures: a server with accounts that no other test uses, and the tools with their environments."""

from harness import surroundings

surroundings.forget()

import pytest  # noqa: E402

from installed import Tool  # noqa: E402
from regions import regions_server  # noqa: E402

from harness.serving import serving, take_account  # noqa: E402


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with serving("sqlite", tmp_path_factory.mktemp("tools") / "data", 333300000000) as server:
        yield server


@pytest.fixture
def account(server):
    """A member account of the test's own, whose hub is on."""
    account = take_account(server)
    account.client("securityhub").enable_security_hub()
    return account


@pytest.fixture(scope="session")
def regions():
    """Where EC2 says which regions there are: the tools ask it before they ask Security Hub."""
    with regions_server() as url:
        yield url


@pytest.fixture
def tool(regions, tmp_path):
    """Gives a tool by its name, as it is installed; skips the test where it is not."""
    return lambda name: Tool.installed(name, regions, tmp_path)
