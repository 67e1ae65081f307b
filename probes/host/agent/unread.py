"""What could not be read on this host, and why: an answer, not a fault of the agent.

This folder runs alone on a shop's host, on CPython 3.6 and later: the standard library and psutil, nothing newer.
"""


class Unread(Exception):  # noqa: N818 - an answer, named as one
    """``cause`` is ``permission`` (root is needed), ``settings`` (not set up here) or ``target`` (nothing there)."""

    def __init__(self, cause: str, why: str) -> None:
        """Keep the cause and one plain sentence."""
        super().__init__(why)
        self.cause = cause
        self.why = why
