"""A server with member accounts, each of which one test has for itself."""

from contextlib import contextmanager

from .process import Server, create_account
from .store import new_store

# How many member accounts a server has, unless its tests ask for another number.
MEMBERS = 12


@contextmanager
def serving(engine, directory, first_id, count=MEMBERS):
    """A server alone on a store of its own."""
    with new_store(engine, directory) as store:
        # The store must be free for this, so it comes before the server.
        members = [create_account(store, f"{first_id + number}") for number in range(count)]
        with Server(store) as server:
            server.members = [server.at(member) for member in members]
            server.unused = list(reversed(server.members))
            yield server


def take_account(server):
    """A member account of a server that nobody has taken yet."""
    assert server.unused, "the server has too few accounts: raise MEMBERS"
    return server.unused.pop()
