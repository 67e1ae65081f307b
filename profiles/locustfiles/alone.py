"""Starts Locust with what stands on its command line alone: ``python -m profiles.locustfiles.alone …``.

Locust reads ``~/.locust.conf``, ``locust.conf`` and ``pyproject.toml`` as well; a run of a plan is to be the same for
whoever starts it. A locustfile of the user's own is started by Locust itself, and keeps them.
"""

from typing import Any

from locust import argument_parser
from locust.main import main


class _Parser(argument_parser.LocustArgumentParser):
    def __init__(self, *words: Any, default_config_files: object = (), **further: Any) -> None:  # noqa: ARG002
        super().__init__(*words, default_config_files=(), **further)


if __name__ == "__main__":
    argument_parser.LocustArgumentParser = _Parser  # type: ignore[misc]
    main()  # type: ignore[no-untyped-call]
