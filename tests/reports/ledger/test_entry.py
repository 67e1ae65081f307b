import pytest

from probes.errors import EvidenceError
from reports.ledger.chain import link
from reports.ledger.entry import GENESIS


def test_the_value_of_an_altered_payload_is_refused() -> None:
    entry = link(GENESIS, kind="note", run_id="r", written_at="2026-11-21T00:00:00.000000Z", payload=b"{}")
    object.__setattr__(entry, "payload", b"[]")
    with pytest.raises(EvidenceError, match="entry 1 was altered"):
        entry.value()
