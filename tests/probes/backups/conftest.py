"""What the tests of backups share: one stanza with a full, an incremental and a differential backup, twice."""

from collections.abc import Iterator

import pytest

from tests.probes.backups.stanza import Stanza, stanza


@pytest.fixture(scope="session")
def shop_stanza() -> Iterator[Stanza]:
    """A stanza backed up into both repositories; tests that damage it damage a copy."""
    with stanza() as made:
        for kind in ("full", "incr", "diff"):
            made.backup(kind)
        made.backup("full", repository=2)
        yield made
