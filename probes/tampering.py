"""``shop.tampering``: does the shop believe a price that the customer sends?

Subject: ``buyer_b``. One good is put in the cart by a request in which every field that carries its price, or is named
like one, holds 0.01 instead, with three such fields added. Data: ``{"goods", "shown": money, "sent": {field: value},
"add": told, "read": told}``. Nothing is ordered.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, urlencode

from probes.cast import logged_in
from probes.clock import Deadline
from probes.goods import offered
from probes.look import Look, Probe, Seen
from probes.target import Target
from probes.telling import told
from probes.transports.port import Http, Request, Response

WHO = "buyer_b"
FORGED = "0.01"
ADDED = ("price", "unit_price", "amount")
FORM = "application/x-www-form-urlencoded"


class ForgingHttp:
    """An ``Http`` that rewrites price fields of form-encoded bodies, and passes everything else on."""

    def __init__(self, inner: Http, price: str) -> None:
        """Wrap a session; ``price`` is the amount shown, as a decimal string."""
        self._inner = inner
        self._price = price
        self.sent: dict[str, str] = {}

    def send(self, request: Request, *, deadline: Deadline) -> Response:
        """Send the request, forged where it is a form; raises as the wrapped session does."""
        kind = dict((name.lower(), value) for name, value in request.headers).get("content-type", "")  # noqa: C402
        if request.method == "POST" and request.body and kind.startswith(FORM):
            body = self._forge(request.body)
            request = Request(method=request.method, url=request.url, headers=request.headers, body=body)
        return self._inner.send(request, deadline=deadline)

    def _forge(self, body: bytes) -> bytes:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True)
        forged = [(name, FORGED if _is_price(name, value, self._price) else value) for name, value in pairs]
        forged += [(name, FORGED) for name in ADDED if name not in dict(pairs)]
        self.sent |= {name: value for name, value in forged if value == FORGED}
        return urlencode(forged).encode()

    def cookie(self, name: str) -> str | None:
        """Return the cookie of the wrapped session."""
        return self._inner.cookie(name)

    def forget(self) -> None:
        """Forget the cookies of the wrapped session."""
        self._inner.forget()

    def close(self) -> None:
        """Close the wrapped session."""
        self._inner.close()


def _is_price(name: str, value: str, price: str) -> bool:
    if any(part in name.lower() for part in ("price", "amount", "total", "cost")):
        return True
    try:
        return Decimal(value) == Decimal(price) and "." in value
    except InvalidOperation:
        return False


def look(given: Look) -> Seen:
    """Put one good in the cart at a forged price and read what the cart asks for it."""
    goods = offered(given, 1)[0]
    session = logged_in(given, WHO)
    if session.can("empty_cart"):
        session.do("empty_cart")
    forging: list[ForgingHttp] = []

    def wrap(inner: Http) -> Http:
        forging.append(ForgingHttp(inner, str(goods.price["amount"])))
        return forging[-1]

    with session.through(wrap):
        added = session.do("add_to_cart", url=goods.url, ref=goods.ref, quantity=1)
    read = session.do("read_cart")
    if session.can("empty_cart"):
        session.do("empty_cart")
    sent: Mapping[str, str] = {name: value for http in forging for name, value in http.sent.items()}
    return Seen(
        data={
            "goods": goods.name,
            "shown": dict(goods.price),
            "sent": sent,
            "add": told(added, WHO),
            "read": told(read, WHO),
        }
    )


def subjects(target: Target) -> tuple[str, ...]:
    """One buyer's cart."""
    return (WHO,) if target.platform.adapter else ()


PROBE = Probe(
    name="shop.tampering",
    version="1",
    look=look,
    subjects=subjects,
    deadline_s=60,
    after=("shop.register", "shop.catalogue"),
    exclusive=frozenset({"account:buyer_b"}),
    writes=True,
)
