"""What is missing on this machine and in this target, and which clauses stay undetermined because of it."""

import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from conformance.catalogue.load import Catalogue
from conformance.judges.table import JUDGEMENTS
from probes.errors import DuhengError
from probes.probe_verbs import VERBS_OF
from probes.redaction import Redactor
from probes.shop.credentials import password_of
from probes.shop.opening import adapter_of
from probes.target import Target

EXTRAS: Mapping[str, tuple[str, str]] = {
    "demo": ("oscar", "the bundled shop of `duheng demo`"),
    "mail": ("aiosmtpd", "a mailbox, for shops that mail a token"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is missing: what, what to do, and the checks that stay undetermined for it."""

    what: str
    remedy: str
    checks: tuple[str, ...] = ()


def of_machine() -> Iterator[Finding]:
    """Yield what this machine lacks."""
    for extra, (module, purpose) in EXTRAS.items():
        if importlib.util.find_spec(module) is None:
            yield Finding(what=f"extra [{extra}] is not installed ({purpose})", remedy=f"pip install 'duheng[{extra}]'")


def _needing(*kinds: str) -> tuple[str, ...]:
    return tuple(check for check, judgement in JUDGEMENTS.items() if set(judgement.needs) & set(kinds))


def _declaring(key: str) -> tuple[str, ...]:
    return tuple(check for check, judgement in JUDGEMENTS.items() if key in judgement.declares)


def of_target(target: Target, now: datetime) -> Iterator[Finding]:
    """Yield what the target file, or the environment it names, lacks."""
    if not target.platform.adapter:
        yield Finding(
            what="[platform] adapter is not set",
            remedy='adapter = "oscar", or the path of a journey file',
            checks=_declaring("platform.adapter"),
        )
    if (reason := target.why_not_write(now)) is not None:
        yield Finding(
            what=f"the run may only read: {reason}",
            remedy="set environment and authorised = true, or open a [[windows]] entry",
            checks=_declaring("platform.authorised"),
        )
    for role in ("operator", "seller_a", "seller_b"):
        if role not in target.roles:
            yield Finding(
                what=f"[roles.{role}] is not declared",
                remedy=f"declare [roles.{role}] with username and password_env",
                checks=_declaring(f"roles.{role}"),
            )
    for role_name, declared in target.roles.items():
        try:
            password_of(declared, Redactor())
        except DuhengError as error:
            yield Finding(
                what=f"[roles.{role_name}]: {error}", remedy="provide it", checks=_declaring(f"roles.{role_name}")
            )
    yield from _of_adapter(target)


def _of_adapter(target: Target) -> Iterator[Finding]:
    adapter = adapter_of(target)
    if adapter is None:
        return
    verbs = set(adapter.journeys)
    for kind, needed in VERBS_OF.items():
        if missing := [verb for verb in needed if verb not in verbs]:
            yield Finding(
                what=f"the adapter describes no {', '.join(missing)}",
                remedy="add the journey to the adapter file",
                checks=_needing(kind),
            )


def not_built(catalogue: Catalogue) -> tuple[int, int]:
    """Return how many checks have a judge, and how many there are."""
    checks = [requirement for requirement in catalogue.requirements if requirement.node == "check"]
    return sum(requirement.id in JUDGEMENTS for requirement in checks), len(checks)
