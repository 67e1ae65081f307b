"""``audit.log``: does the declared log of orders and consents show every alteration, and does it hold what was done?

Subject: ``log``. The log that ``[audit] log`` names is read, somebody registers and orders, it is read again (a few
times within ``[audit] settle_s``, until it holds the order). Data::

    {"source": "page|file", "fields": {"prev", "hash", "signature"}, "signed": bool, "chained": bool,
     "first": {"entries": int, "bad_line": int | null, "verified": int, "why": text, "head": sha256 | null},
     "second": the same,
     "grew_only": bool,                    what the first reading held begins the second, line by line
     "latest_only": bool,                  the second begins with a later part of the first: a view of the latest lines
     "number": str | null, "order_found": bool, "account_found": bool}     in the lines that came between the readings

Nothing of the log's lines is kept but their number and the last hash.
"""

from collections import Counter
from typing import Any

from probes.audit.chain import Checked, Form, check, continues, counting, holds, moved_on, public_key
from probes.audit.records import newcomer
from probes.cast import inside
from probes.errors import Garbage, NotSet, TargetAway
from probes.goods import offered
from probes.look import Look, Probe, Seen
from probes.order import order_number, recipient
from probes.order_budget import may_order
from probes.patience import Patience, settle_s
from probes.shop.outcome import Done
from probes.target import Target

PERSON = 52
WHO = "audit_witness"
LARGEST_FILE = 50_000_000


def form_of(target: Target) -> Form:
    """Return how the declared log is written.

    Raises:
        NotSet: the declared public key is none.
    """
    declared = {name: str(value) for name in ("prev", "hash", "signature") if (value := target.declared("audit", name))}
    key = target.declared("audit", "public_key")
    return Form(**declared, key=None if key is None else public_key(str(key)))


def _read(given: Look, place: str) -> str:
    """Return the text of the log: a page of the platform, opened as the operator, or a file beside the target file."""
    if not place.startswith(("/", "http://", "https://")):
        path = given.target.path.parent / place
        try:
            if path.stat().st_size > LARGEST_FILE:
                raise NotSet(f"[audit] log: {place} is longer than {LARGEST_FILE} bytes; give a part of it")
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise NotSet(f"[audit] log: {place} cannot be read ({error.strerror})") from error
    opened = inside(given, "operator").visit(place)
    if not isinstance(opened, Done):
        raise TargetAway(f"the log could not be read as the operator: {opened.why}")
    return opened.exchanges[-1].body


def _summary(checked: Checked) -> dict[str, Any]:
    return {
        "entries": len(checked.entries),
        "bad_line": checked.bad_line,
        "verified": checked.verified,
        "why": checked.why,
        "head": checked.hashes[-1] if checked.hashes else None,
    }


def look(given: Look) -> Seen:
    """Read the log, make it grow by an order, and read it again."""
    place = given.target.declared("audit", "log")
    if not place:
        raise NotSet("the target file declares no [audit] log of orders and consents")
    form = form_of(given.target)
    first = check(_read(given, str(place)), form)
    if not first.entries:
        raise Garbage("the declared log is empty")
    number, username = _ordered(given)
    second, _ = Patience(settle_s=settle_s(given.target, "audit"), deadline=given.deadline).until(
        lambda seen: number is None or _order_in(_new(first, seen), number),
        lambda: check(_read(given, str(place)), form),
        "the log to hold the order",
    )
    new = _new(first, second)
    return Seen(
        data={
            "source": "page" if str(place).startswith(("/", "http")) else "file",
            "fields": {"prev": form.prev, "hash": form.hash, "signature": form.signature},
            "signed": second.signed,
            "chained": second.chained,
            "first": _summary(first),
            "second": _summary(second),
            "grew_only": continues(first.hashes, second.hashes),
            "latest_only": moved_on(first.hashes, second.hashes),
            "number": number,
            "order_found": number is not None and _order_in(new, number),
            "account_found": any(holds(entry, username) for entry in new),
        }
    )


def _order_in(entries: list[dict[str, Any]], number: str) -> bool:
    return any(holds(entry, number) for entry in entries)


def _new(first: Checked, second: Checked) -> list[dict[str, Any]]:
    """Return the lines that were not there before, without what merely numbers them."""
    before, numbering = Counter(first.hashes), counting(second.entries)
    new = []
    for entry, digest in zip(second.entries, second.hashes, strict=True):
        if before[digest]:
            before[digest] -= 1
        else:
            new.append({name: value for name, value in entry.items() if name not in numbering})
    return new


def _ordered(given: Look) -> tuple[str | None, str]:
    """Register and order as somebody new; return the order's number (None: it did not come about) and user name."""
    if not given.scene.shop.can("confirm_order"):
        raise NotSet("the adapter describes no confirm_order journey")
    may_order(given, "audit.operations")
    person, session = newcomer(given, WHO, PERSON)
    goods = offered(given, 1)[0]
    session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=1)
    preview = session.do("check_out", **recipient(person))
    confirmed = session.do("confirm_order") if isinstance(preview, Done) else preview
    session.close()
    return order_number(confirmed), person.email


def subjects(target: Target) -> tuple[str, ...]:
    """The declared log."""
    return ("log",) if target.platform.adapter else ()


PROBE = Probe(
    name="audit.log",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=120,
    after=("shop.catalogue",),
    exclusive=frozenset({"account:operator"}),
    writes=True,
)
