"""Fixtures: a server on each engine for each module, and accounts that no other test uses."""

from harness import surroundings

surroundings.forget()

import pytest  # noqa: E402

from harness.serving import MEMBERS, serving, take_account  # noqa: E402
from harness.store import ENGINES, new_store  # noqa: E402
from harness.vulnerabilities import refresh_all  # noqa: E402


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def server(request, engine, tmp_path_factory):
    """A server with member accounts: as many as the module says by MEMBERS."""
    directory = tmp_path_factory.mktemp(engine) / "data"
    count = getattr(request.module, "MEMBERS", MEMBERS)
    with serving(engine, directory, 222200000000, count) as server:
        yield server


@pytest.fixture
def new_account(server):
    """Gives a member account that nobody else has used."""
    return lambda: take_account(server)


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
