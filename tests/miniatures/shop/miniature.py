"""The miniature shop itself: start it with a defect or none, point a target file at it, ask what was requested of it.

::

    with MiniatureShop() as shop:
        target = shop.target_toml(tmp_path)
    with MiniatureShop.with_defect("order-by-number-readable") as shop:
        ...
"""

import secrets
import ssl
import tempfile
import threading
from pathlib import Path
from types import MappingProxyType
from typing import Self

from probes.order_budget import UP_TO
from tests.miniatures.certificates import Authority, Issued, self_signed
from tests.miniatures.defects import DEFECTS
from tests.miniatures.shop import back_office, routes
from tests.miniatures.shop import payments as till
from tests.miniatures.shop.goods import CATALOGUE, DELIVERY_FEN, Goods
from tests.miniatures.shop.provider import Provider
from tests.miniatures.shop.server import Door
from tests.miniatures.shop.state import Account, Line, Order, Quote, State
from tests.miniatures.shop.weak_tls import weaken
from tests.miniatures.shop.web import Answer, Call

ADAPTERS = Path(__file__).parent
STAFF = ("operator", "seller_a", "seller_b")
BUYERS = ("buyer_a", "buyer_b")
FRONT_ENDS = {"front-end-away": "127.0.0.2", "published-ipv6-dead": "::1"}


class MiniatureShop:
    """A whole shop in this process, on free ports of 127.0.0.1.

    ``accounts`` maps ``operator``, ``seller_a``, ``seller_b`` and the two standing buyers ``buyer_a``, ``buyer_b``
    (user names the same as the role, for buyers ``ROLE@miniature.example``) to passwords. ``request_log`` holds
    ``(method, path, who)`` in order of arrival.
    """

    def __init__(self, defects: frozenset[str] = frozenset()) -> None:
        """Prepare a shop with these defects.

        Raises:
            ValueError: a defect that the table does not have.
        """
        unknown = defects - {defect.name for defect in DEFECTS}
        if unknown:
            raise ValueError(f"no such defects: {sorted(unknown)}")
        self.defects = defects
        self.state = State(defects)
        self.accounts = MappingProxyType({role: secrets.token_urlsafe(18) for role in (*STAFF, *BUYERS)})
        self.request_log: list[tuple[str, str, str]] = []
        self.provider = Provider(shop=self.state, deliver=lambda notice: till.take(self.state, notice))
        self.provider_log: list[tuple[str, str, str]] = []
        self._enrol()

    @classmethod
    def with_defect(cls, name: str) -> Self:
        """Return a shop with exactly one defect."""
        return cls(frozenset({name}))

    def __enter__(self) -> Self:
        """Open both doors."""
        self._folder = tempfile.TemporaryDirectory(prefix="miniature-")
        folder = Path(self._folder.name)
        authority = Authority(folder)
        self.ca_file = authority.file
        self._plain = Door(self.state, self._answer_plain, self.request_log, None)
        self._tls = Door(self.state, self._answer, self.request_log, self._context(authority, folder))
        paying = authority.expired() if "payment-host-tls-expired" in self.defects else authority.good()
        self._pay = Door(self.state, self.provider.answer, self.provider_log, paying.server_context(folder))
        self.base_url = f"https://127.0.0.1:{self._tls.port}"
        self.plain_url = f"http://127.0.0.1:{self._plain.port}"
        self.state.till.provider_url = f"https://127.0.0.1:{self._pay.port}"
        self.provider.shop_url = self.base_url
        self._threads = [
            threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.02})
            for door in (self._plain, self._tls, self._pay)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close both doors and every connection."""
        for door in (self._plain, self._tls, self._pay):
            door.stop()
        for thread in self._threads:
            thread.join()
        self._folder.cleanup()

    def username(self, role: str) -> str:
        """Return the user name of one of the standing accounts."""
        return f"{role}@miniature.example" if role in BUYERS else role

    def target_toml(
        self,
        folder: Path,
        *,
        adapter: str = "miniature",
        environment: str = "disposable",
        authorised: bool = True,
        buyers: bool = False,
        payments: bool = False,
        at_random: bool = False,
        browser: bool = False,
        further: str = "",
    ) -> Path:
        """Write a target file for this shop, with owner-only password files, and return its path.

        Args:
            folder: where the files go.
            adapter: ``miniature`` (HTML), ``miniature_json`` or ``miniature_graphql``.
            environment: production, staging or disposable.
            authorised: whether the run may write.
            buyers: declare the two standing buyers as well (else the run registers its own).
            payments: allow as many orders as the hundred payments need (else what is slow stays away).
            at_random: allow as many as the buyers at random need (likewise).
            browser: walk the buying journey in a real browser, too (some seconds).
            further: more TOML, put at the end.
        """
        anchor = folder / "ca.pem"
        if not anchor.exists() or anchor.read_bytes() != self.ca_file.read_bytes():
            anchor.write_bytes(self.ca_file.read_bytes())
        tables = [
            "[platform]",
            'id = "miniature"',
            'name = "Miniature shop"',
            f'base_url = "{self.base_url}"',
            f'plain_url = "{self.plain_url}"',
            f'environment = "{environment}"',
            f"authorised = {str(authorised).lower()}",
            f'adapter = "{ADAPTERS / adapter}.toml"',
            'currency = "CNY"',
            "[tls]",
            'ca_file = "ca.pem"',
            "[shop]",
            'search_term = "茶"',
            f"max_orders = {max(UP_TO.values()) if payments else UP_TO['trade.at_random'] - (0 if at_random else 1)}",
            "[browser]",
            f"walk = {str(browser).lower()}",
            "[limits]",
            "request_timeout_s = 5",
        ]
        for role in (*STAFF, *BUYERS) if buyers else STAFF:
            secret = folder / f"{role}.password"
            secret.touch(mode=0o600)
            secret.write_text(self.accounts[role], encoding="utf-8")
            tables += [f"[roles.{role}]", f'username = "{self.username(role)}"', f'password_file = "{secret.name}"']
        tables += self._paying(folder)
        tables += ["[audit]", 'log = "/operator/audit/log/"', "settle_s = 0.05"]
        tables += self._offering(folder)
        addresses = ["127.0.0.1", *(address for defect, address in FRONT_ENDS.items() if defect in self.defects)]
        listed = ", ".join(f'"{address}"' for address in addresses)
        tables += ["[[endpoints]]", f'url = "{self.base_url}/"', f"addresses = [{listed}]", further]
        path = folder / "duheng.toml"
        path.write_text("\n".join(tables) + "\n", encoding="utf-8")
        return path

    def _paying(self, folder: Path) -> list[str]:
        """Return the table about the payment provider, its key put beside the target file."""
        secret = folder / "provider.key"
        secret.touch(mode=0o600)
        secret.write_text(self.provider.key, encoding="utf-8")
        host = self.state.till.provider_url.removeprefix("https://")
        return [
            "[payment]",
            f'hosts = ["{host}"]',
            "sandbox = true",
            "refund_time_days = 3",
            'key_file = "provider.key"',
            "settle_s = 0.05",
        ]

    def _offering(self, folder: Path) -> list[str]:
        """Return the tables about the API for partners, its key put beside the target file."""
        secret = folder / "office.key"
        secret.touch(mode=0o600)
        secret.write_text(self.state.office.key, encoding="utf-8")
        return back_office.target_tables(secret.name)

    def _enrol(self) -> None:
        for role in STAFF:
            profile = {"first_name": role, "email": f"{role}@miniature.example"}
            self.state.enrol(role, self.accounts[role], "operator" if role == "operator" else "seller", profile)
        for role, first_name, goods in zip(BUYERS, ("安", "波"), CATALOGUE[:2], strict=True):
            email = self.username(role)
            profile = {"first_name": first_name, "last_name": "常", "email": email, "phone": "021-5550100"}
            buyer = self.state.enrol(email, self.accounts[role], "buyer", profile)
            self._earlier_order(buyer, goods)

    def _earlier_order(self, buyer: Account, goods: Goods) -> None:
        """Give a standing buyer an order from before the shop went wrong, so that no list is ever empty."""
        address = {"first_name": buyer.profile["first_name"], "line1": "人民大道1号", "city": "上海", "country": "CN"}
        line = Line(goods=goods, quantity=1, unit_fen=goods.price_fen)
        quote = Quote(goods_fen=line.total_fen, fee_fen=DELIVERY_FEN, total_fen=line.total_fen + DELIVERY_FEN)
        number = self.state.take_number()
        self.state.orders[number] = Order(number=number, owner=buyer.key, lines=(line,), quote=quote, address=address)

    def _context(self, authority: Authority, folder: Path) -> ssl.SSLContext:
        issued: Issued = authority.good("127.0.0.1")
        if "wrong-host-certificate" in self.defects:
            issued = authority.wrong_host()
        if "expired-certificate" in self.defects:
            issued = authority.expired("127.0.0.1")
        if "self-signed-certificate" in self.defects:
            issued = self_signed()
        if "short-dh-prime-offered" in self.defects:
            issued = authority.rsa()
        context = issued.server_context(folder)
        weaken(context, self.defects, folder)
        return context

    def _answer(self, call: Call) -> Answer:
        return routes.answer(self.state, call)

    def _answer_plain(self, call: Call) -> Answer:
        return routes.answer_plain(self.state, call, self.base_url, self.plain_url)
