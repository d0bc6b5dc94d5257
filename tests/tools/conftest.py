"""Fixtures: a server with accounts that no other test uses, and the tools with their environments."""

from harness import surroundings

surroundings.forget()

import pytest  # noqa: E402

from installed import Tool  # noqa: E402
from regions import regions_server  # noqa: E402

from harness.process import Server, create_account  # noqa: E402
from harness.store import new_store  # noqa: E402

MEMBERS = 12


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with new_store("sqlite", tmp_path_factory.mktemp("tools") / "data") as store:
        members = [create_account(store, f"{333300000000 + number}") for number in range(MEMBERS)]
        server = Server(store)
        server.members = [server.at(member) for member in members]
        try:
            yield server
            server.stop()
        finally:
            if server.process.poll() is None:
                server.kill()


@pytest.fixture(scope="session")
def _unused(server):
    return list(reversed(server.members))


@pytest.fixture
def account(_unused):
    """A member account of the test's own, whose hub is on."""
    account = _unused.pop()
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
