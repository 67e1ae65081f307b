"""Shops and sessions for probes that go on for years: everything that would grow is made anew for each of them."""

from dataclasses import dataclass

from conformance.watch.heard import Heard, HearingHttp
from probes.clock import Clock
from probes.redaction import Redactor
from probes.shop.engine import Mail
from probes.shop.journey import Adapter
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail
from probes.target import Target
from probes.transports.http import RequestsHttp
from probes.transports.port import Http


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What every probe of one watch shares: target, adapter, clock, mailbox."""

    target: Target
    adapter: Adapter
    clock: Clock
    mail: Mail | None = None

    def shop(self, redactor: Redactor, heard: Heard, trail: Trail | None = None) -> ScriptedShop:
        """Return the shop for one probe; what it makes stands on ``trail``, where one is given.

        The redactor learns each session's cookies, so it belongs to one probe as well.
        """

        def open_http() -> Http:
            return HearingHttp(RequestsHttp(self.target, self.clock, redactor), heard)

        return ScriptedShop(
            adapter=self.adapter,
            target=self.target,
            redactor=redactor,
            clock=self.clock,
            open_http=open_http,
            trail=trail,
            mail=self.mail,
        )
