"""Fixtures: a server on each engine for each module, and accounts that no other test uses."""

from harness import surroundings

surroundings.forget()

import pytest  # noqa: E402

from harness.process import Server, create_account  # noqa: E402
from harness.store import ENGINES, new_store  # noqa: E402
from harness.vulnerabilities import refresh_all  # noqa: E402

# How many member accounts the server of a module has, unless the module says so by MEMBERS.
MEMBERS = 12


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def server(request, engine, tmp_path_factory):
    """A server with member accounts, alone on a store of its own."""
    directory = tmp_path_factory.mktemp(engine) / "data"
    with new_store(engine, directory) as store:
        count = getattr(request.module, "MEMBERS", MEMBERS)
        # The store must be free for this, so it comes before the server.
        members = [create_account(store, f"{222200000000 + number}") for number in range(count)]
        server = Server(store)
        server.members = [server.at(member) for member in members]
        try:
            yield server
            server.stop()
        finally:
            if server.process.poll() is None:
                server.kill()


@pytest.fixture(scope="module")
def _unused(server):
    return list(reversed(server.members))


@pytest.fixture
def new_account(_unused):
    """Gives a member account that nobody else has used."""

    def take():
        assert _unused, "the module's server has too few accounts: raise MEMBERS in the module"
        return _unused.pop()

    return take


@pytest.fixture
def account(new_account):
    """A member account of the test's own."""
    return new_account()


@pytest.fixture
def fresh_store(engine, tmp_path):
    """A store that no server has opened yet."""
    with new_store(engine, tmp_path / "data") as store:
        yield store


@pytest.fixture
def inspector(account):
    """A client of the test's own account."""
    return account.client("inspector2")


@pytest.fixture
def feeds(server):
    """The feeds of the fixtures are in, whatever a test before has done to them."""
    refresh_all(server.administrator)
