"""``shop.register``: does registering make a member who can log in afterwards?

Subjects: ``buyer_a``, ``buyer_b``, ``buyer_c`` (those that the target file does not declare are registered here).
Data: ``{"email", "register": told, "log_in": told, "who_am_i": told, "recognised": bool}``; the log-in happens in a
fresh session, since many shops log the new member in at once and would hide that nothing was kept.
"""

from probes.cast import Account, account_name, invented, registered, session_name, shows
from probes.look import Look, Probe, Seen
from probes.shop.outcome import Done
from probes.target import Target
from probes.telling import told

BUYERS = ("buyer_a", "buyer_b", "buyer_c")


def look(given: Look) -> Seen:
    """Register one buyer, log in with a fresh session, read back who that is."""
    shop = given.scene.shop
    person = invented(given, BUYERS.index(given.subject))
    came = registered(given, shop.session(given.subject, deadline=given.deadline), person)
    data = {"email": person.email, "register": told(came, given.subject)}
    if not isinstance(came, Done):
        return Seen(data=data | {"recognised": False})
    again = shop.session(given.subject, deadline=given.deadline)
    logged_in = again.do("log_in", username=person.email, password=person.password)
    data |= {"log_in": told(logged_in, given.subject)}
    who = again.do("who_am_i")
    data |= {"who_am_i": told(who, given.subject)}
    member = Account(role=given.subject, username=person.email, password=person.password, person=person)
    recognised = isinstance(who, Done) and shows(who, again.last_text(), member, username=person.email)
    if isinstance(logged_in, Done) and isinstance(who, Done):
        given.scene.put(account_name(given.subject), member)
        given.scene.put(session_name(given.subject), again)
    return Seen(data=data | {"recognised": recognised})


def subjects(target: Target) -> tuple[str, ...]:
    """All three buyers: a declared account does not tell whether registering works."""
    return BUYERS if target.platform.adapter else ()


PROBE = Probe(name="shop.register", version="2", look=look, subjects=subjects, deadline_s=90, writes=True)
