"""3.1.4.4 offline copies at another place; 6 periodic backups of payment data. Both want a paper besides."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.backup_freshness import recent
from conformance.judges.backup_kinds import reached_from_production
from conformance.judges.backup_places import at_another_site
from conformance.judges.backup_sets import CATALOGUE, Catalogue, Pair, any_of, catalogues
from conformance.judges.judgement import Evidence, together
from conformance.judges.words import bad
from reports.verdict import Conforms, Requirement, Text, Undetermined, Verdict, Violates, merge_all, merge_any

OFFLINE: Pair = ("offline", "离线备份")
ANY: Pair = ("periodic", "定期备份")


def offline_elsewhere(_: Requirement, evidence: Evidence, declarations: Mapping[str, Any]) -> Verdict:
    """Judge whether an offline copy lies at another site than production; the transfer receipt is a document."""
    seen = catalogues(evidence)
    offline = [each for each in seen if each.data["place"] == "offline"]
    lacking = tuple(each.verdict for each in evidence.missing_of(CATALOGUE))
    if not offline:
        return any_of((*(_not_offline(each) for each in seen), *lacking))
    told = [_elsewhere(each, declarations) for each in offline]
    chosen = any_of((*told, *lacking))
    if not isinstance(chosen, Conforms):
        return chosen
    return Undetermined(
        reason=Text(
            zh=f"{chosen.reason.zh}介质移交的收据须由人查阅。",
            en=f"{chosen.reason.en} The receipt of the medium's transfer somebody has to read.",
        ),
        cause="document",
        observations=chosen.observations,
    )


def _not_offline(each: Catalogue) -> Verdict:
    return bad(
        each.seen,
        f"{each.name} is declared {each.data['place']}; no offline copy is known.",
        f"{each.name} 声明的存放方式为 {each.data['place']}，未见离线备份。",
        repeat=[each.line(f"place {each.data['place']}")],
    )


def _elsewhere(each: Catalogue, declarations: Mapping[str, Any]) -> Verdict:
    against = reached_from_production(each, declarations) or at_another_site(each, declarations)
    newest = recent(each, each.runs, OFFLINE)
    return newest if against is None else merge_all((against, newest))


def periodic(_: Requirement, evidence: Evidence, __: Mapping[str, Any]) -> Verdict:
    """Judge whether the newest backup of the trades (payments among them) is good and inside its declared interval.

    The provider's own side is a statement of the provider's.
    """
    seen, missing = catalogues(evidence), evidence.missing_of(CATALOGUE)
    lacking = tuple(each.verdict for each in missing)
    holding = [each for each in seen if "trades" in each.data["holds"]]
    if seen and not holding and not missing:
        return _nothing_of_payments(seen[0])
    told = merge_any((*(recent(each, each.runs, ANY) for each in holding), *lacking))
    if not isinstance(told, Conforms):
        violated = [each for each in (recent(one, one.runs, ANY) for one in holding) if isinstance(each, Violates)]
        return together(tuple(violated)) if isinstance(told, Violates) else told
    return Undetermined(
        reason=Text(
            zh=f"{told.reason.zh}支付服务商一方的备份须由其出具说明。",
            en=f"{told.reason.en} For the payment provider's own side a statement of the provider is needed.",
        ),
        cause="document",
        observations=told.observations,
    )


def _nothing_of_payments(first: Catalogue) -> Verdict:
    return bad(
        first.seen,
        "No backup is known that holds the trades, and so the payments.",
        "未见任何包含站内交易（含支付数据）的备份。",
        repeat=[first.line("trades are not among what it holds")],
    )
