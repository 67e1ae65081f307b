"""The password reset by mailed token, as a part of ``auth.sessions``.

``{"tried": false, "lacks": "mailbox|journey"|null, "why"}`` where the target file declares no mailbox, the adapter
describes no such journey, or no link came; else::

    {"tried": true, "asked": told, "mailed": {"shortest", "alphabet", "bits"},     of the token in the link
     "first": told, "second": told,              the same link used twice, for two new passwords
     "passwords": [attempt]}                     the first new one and the one before, between the two uses; then the
                                                 second new one
"""

import re
from typing import Any
from urllib.parse import unquote

from probes.auth import session_ids
from probes.auth.entering import attempt, own_account, visit
from probes.errors import LookFailed
from probes.look import Look
from probes.redaction import SHORTEST_SECRET
from probes.shop.outcome import Done
from probes.shop.person import strong_password
from probes.telling import told

NUMBER = 23
_MAIL_S = 30.0  # for a mail to come
_VERBS = ("ask_password_reset", "reset_password")


def reset_seen(given: Look) -> dict[str, Any]:
    """Ask for a link by mail, use it twice, and see which passwords open the account."""
    if given.target.mailbox_listen is None:
        return {
            "tried": False,
            "lacks": "mailbox",
            "why": "the target file declares no mailbox that a link could be mailed to",
        }
    missing = [verb for verb in _VERBS if not given.scene.shop.can(verb)]
    if missing:
        return {"tried": False, "lacks": "journey", "why": f"the adapter describes no {missing[0]} journey"}
    try:
        return _reset(given)
    except LookFailed as failed:  # the sessions, which this is a part of, were looked at all the same
        return {"tried": False, "lacks": None, "why": failed.detail}


def _reset(given: Look) -> dict[str, Any]:
    who = own_account(given, NUMBER)
    first, second = strong_password(), strong_password()
    for password in (first, second):
        given.redactor.add(password)
    coming = visit(given, "visitor")
    coming.session.deadline = given.deadline.sooner(_MAIL_S)
    try:
        asked = coming.session.do("ask_password_reset", email=who.username)
    finally:
        coming.session.close()
    if not isinstance(asked, Done):
        return {"tried": False, "lacks": None, "why": asked.why}
    link = str(asked.outputs["link"])
    token = token_in(link, who.username)
    if len(token) >= SHORTEST_SECRET:
        given.redactor.add(token)
    used = _use(given, link, first)
    passwords = [
        attempt(given, who, first, name="first new password"),
        attempt(given, who, who.password, name="password before"),
    ]
    used_again = _use(given, link, second)
    return {
        "tried": True,
        "asked": told(asked, "visitor", outputs=False),
        "mailed": {key: session_ids.described([token])[key] for key in ("shortest", "alphabet", "bits")},
        "first": used,
        "second": used_again,
        "passwords": [*passwords, attempt(given, who, second, name="second new password")],
    }


def token_in(link: str, username: str) -> str:
    """Return the part of a mailed link that is hard to guess: of its path, query and fragment, never of its host.

    Parts that name the user are none. Words of the shop (``reset-password``) hold no digit, tokens hardly ever lack
    one; of those with digits the one that holds the most bits counts.
    """
    rest = re.sub(r"^(?:[a-z][a-z0-9+.-]*:)?//[^/?#]*", "", link, flags=re.IGNORECASE)
    pieces = [unquote(piece) for piece in re.split(r"[/?&=#;]", rest) if piece]
    names = {username.casefold(), username.partition("@")[0].casefold()}
    strange = [piece for piece in pieces if "@" not in piece and piece.casefold() not in names]
    with_digits = [piece for piece in strange if any(character.isdigit() for character in piece)]
    return max(with_digits or strange, key=lambda piece: session_ids.described([piece])["bits"], default="")


def _use(given: Look, link: str, password: str) -> dict[str, Any]:
    coming = visit(given, "visitor")
    try:
        return told(coming.session.do("reset_password", link=link, new_password=password), "visitor", outputs=False)
    finally:
        coming.session.close()
