"""What the payment provider's sandbox charged for the orders of a run, where one is declared."""

from collections.abc import Mapping
from typing import Any

from conformance.loading.business import Paid
from conformance.loading.venue import WHO, Venue
from probes.clock import Deadline
from probes.errors import LookFailed
from probes.payment.sandbox import declared_hosts, key_in
from probes.payment.shown import is_so
from probes.shop.outcome import Done


def charges(venue: Venue, deadline: Deadline) -> tuple[Paid, ...] | str | None:
    """Return the payments on the provider's own list that came about; a sentence where it could not be read.

    None where no sandbox is declared, or the adapter knows no way to read its list: nothing can be told then.
    """
    declared = venue.target.declared("payment", "sandbox") is True and declared_hosts(venue.target)
    if not declared or not venue.shop.can("provider_list_payments"):
        return None
    session = venue.shop.session(WHO, deadline=deadline)
    try:
        key = key_in(venue.target, venue.redactor)
        listed = session.provider_list_payments(provider=f"https://{declared[0]}", key=key)
    except LookFailed as failed:
        return failed.detail
    finally:
        session.close()
    if not isinstance(listed, Done):
        return listed.why
    rows: Any = listed.outputs["payments"]
    return tuple(_paid(row) for row in rows if isinstance(row, Mapping) and is_so(row.get("paid")))


def _paid(row: Mapping[str, Any]) -> Paid:
    amount = row.get("amount")
    return Paid(
        number=str(row.get("order") or "").strip(),
        amount=str(amount.get("amount") if isinstance(amount, Mapping) else amount or ""),
    )
