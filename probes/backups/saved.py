"""The output of a verification that the host's own job kept, read instead of running it again."""

from probes.backups.asking import Asked
from probes.errors import Garbage


def saved_output(asked: Asked, path: str) -> tuple[str, int]:
    """Return the text of the declared file, and when it was written (ms).

    Raises:
        LookFailed: it cannot be read, with the cause.
    """
    text = asked.answer(["cat", "--", path])
    written = asked.answer(["stat", "-c", "%Y", "--", path]).strip()
    if not written.isdecimal():
        raise Garbage(f"stat says no time of {path}")
    return text, int(written) * 1000
