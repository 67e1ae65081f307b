import pytest

from reports.ledger.memory import MemoryStore
from reports.ledger.store import LedgerStore
from tests.contracts.ledger_store import LedgerStoreContract, SteppingClock


@pytest.fixture
def store() -> LedgerStore:
    return MemoryStore(clock=SteppingClock())


class TestMemoryStore(LedgerStoreContract):
    """The reference keeps the promise."""
