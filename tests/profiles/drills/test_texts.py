"""What the texts of sh of all faults keep to."""

import re
from pathlib import Path

from profiles import drills

_EMPTIED = re.compile(r"(?:^|[\s;&|{(]):\s*>")


def test_no_text_is_ended_by_a_note_that_cannot_be_written() -> None:
    """A redirection that fails ends sh where it is one of ``:``, and with it what was to heal the host."""
    texts = sorted(Path(drills.__file__).parent.glob("*.py"))
    odd = [f"{text.name}: {line}" for text in texts for line in text.read_text().splitlines() if _EMPTIED.search(line)]
    assert (odd, len(texts) > len("faults")) == ([], True)
