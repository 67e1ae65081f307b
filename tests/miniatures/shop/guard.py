"""How the miniature shop guards its door: counting wrong passwords, making and ending sessions, marking its cookie."""

import secrets
from collections.abc import Callable
from itertools import count

TRIES = 5
LATE = 15


class Guard:
    """One shop's guard; ``wrong`` tells which of the shop's defects are on.

    ``links`` are those mailed to whoever forgot a password, with the key of the account; a test sets ``mail_port``, and
    ``links_stay`` where a link shall work twice (no defect of the table: the matrix has no mailbox).
    """

    def __init__(self, wrong: Callable[[str], bool]) -> None:
        self._wrong = wrong
        self._failed: dict[str, int] = {}
        self._adopted: set[str] = set()
        self._numbers = count(7_100_001)
        self.mail_port: int | None = None
        self.links: dict[str, int] = {}
        self.links_stay = False

    # wrong passwords, counted by the name that was typed, whether there is such an account or not

    def says_locked(self, username: str) -> bool:
        """Tell whether the page says that there were too many tries."""
        if self._wrong("no-lockout"):
            return False
        return self._failed.get(username.strip().casefold(), 0) >= (LATE if self._wrong("lock-too-late") else TRIES)

    def locked(self, username: str) -> bool:
        """Tell whether even the right password is refused."""
        return self.says_locked(username) and not self._wrong("lock-message-only")

    def failed(self, username: str) -> None:
        """Count a wrong password."""
        name = username.strip().casefold()
        self._failed[name] = self._failed.get(name, 0) + 1

    def passed(self, username: str) -> None:
        """Begin to count anew."""
        self._failed.pop(username.strip().casefold(), None)

    # sessions

    def new_id(self, sent: str = "") -> str:
        """Return the id of a new session; ``sent`` is what the browser came with."""
        if sent and self._wrong("made-up-session-adopted"):
            self._adopted.add(sent)
            return sent
        if self._wrong("session-id-sequential"):
            return f"s{next(self._numbers)}"
        return secrets.token_hex(4) if self._wrong("session-id-short") else secrets.token_urlsafe(16)

    def renewed(self, token: str) -> str:
        """Return the id of a session that has just logged in."""
        if self._wrong("session-fixation") or token in self._adopted:
            return token
        return self.new_id()

    def cookie_flags(self) -> str:
        """Return the attributes of the session's cookie."""
        flags = ["; Path=/"]
        flags += [] if self._wrong("cookie-without-secure") else ["; Secure"]
        flags += [] if self._wrong("cookie-not-httponly") else ["; HttpOnly"]
        flags += [] if self._wrong("cookie-without-samesite") else ["; SameSite=Lax"]
        return "".join(flags)
