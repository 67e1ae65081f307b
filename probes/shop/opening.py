"""From a target to its adapter and its shop."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from probes.clock import Clock
from probes.redaction import Redactor
from probes.shop.adapter_file import load
from probes.shop.journey import Adapter
from probes.shop.mailbox import Mailbox
from probes.shop.shop import ScriptedShop
from probes.shop.trail import Trail
from probes.target import Target
from probes.transports.port import Http


def adapter_of(target: Target) -> Adapter | None:
    """Return the adapter that ``[platform] adapter`` names; None where it names none.

    Raises:
        SettingsError: there is no such adapter, or it has faults; all of them at once.
    """
    return load(target.platform.adapter, beside=target.path.parent) if target.platform.adapter else None


@contextmanager
def opened_shop(
    target: Target,
    adapter: Adapter | None,
    *,
    redactor: Redactor,
    clock: Clock,
    trail: Trail,
    open_http: Callable[[], Http],
) -> Iterator[ScriptedShop | None]:
    """Open the target's shop, with its mailbox where one is declared; None where the target names no adapter.

    Raises:
        NotSet: the mailbox cannot listen.
    """
    with ExitStack() as stack:
        mail = stack.enter_context(Mailbox(target.mailbox_listen)) if target.mailbox_listen else None
        yield (
            None
            if adapter is None
            else ScriptedShop(
                adapter=adapter,
                target=target,
                redactor=redactor,
                clock=clock,
                open_http=open_http,
                trail=trail,
                mail=mail,
            )
        )
