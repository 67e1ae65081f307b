"""A session that was logged out, and whose cookies and token somebody shows again."""

from probes.auth.entering import opened, visit
from probes.cast import account
from probes.errors import LookFailed, NotSet
from probes.look import Look
from probes.shop.outcome import Done
from probes.shop.session import ShopSession


def ended_session(look: Look, role: str) -> ShopSession:
    """Return a session with what one of the role's proved itself by before it was logged out.

    Raises:
        NotSet: the adapter describes no log_out journey.
        LookFailed: logging in or out did not come about.
    """
    if not look.scene.shop.can("log_out"):
        raise NotSet("the adapter describes no log_out journey")
    coming = visit(look, role)
    try:
        opened(account(look, role), coming)
        kept = coming.credentials()
        left = coming.session.do("log_out")
    finally:
        coming.session.close()
    if not isinstance(left, Done):
        raise LookFailed(f"{role} could not log out: {left.why}")
    return visit(look, "ended", kept).session
