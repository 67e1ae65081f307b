"""The tables agree with each other and with the files: probes, judges, checks, defects, documentation."""

import ast
import re
from collections import Counter
from pathlib import Path

from conformance.catalogue.load import load_catalogue
from conformance.judges.table import JUDGEMENTS, RECALLED
from conformance.recalling import RECALLS
from probes.interfaces import round_trip
from probes.interfaces.kinds import KINDS
from probes.probe_verbs import VERBS_OF
from probes.registry import PROBES
from probes.shop.verbs import VERBS
from probes.target_keys import ROLES
from tests.conformance.judges import backup_subjects, drill_subjects, host_subjects, load_subjects
from tests.conformance.judges.backup_subjects import BACKUPS
from tests.conformance.judges.host_subjects import HOSTS
from tests.conformance.judges.load_subjects import LOAD
from tests.conformance.judges.standing_subjects import LONG_RUN, STANDING, SUBJECTS
from tests.miniatures.defects import DEFECTS, NAMES

ROOT = Path(__file__).parents[2]
JUDGED = {
    "SBT-3.1.1.1-availability",
    "SBT-3.1.1.1-avg-utilisation",
    "SBT-3.1.1.1-peak-utilisation",
    "SBT-3.1.1.1-service-life",
    "SBT-3.1.1.1-ventilation",
    "SBT-3.1.1.1-ups-response",
    "SBT-3.1.1.1-online-power",
    "SBT-3.1.2.1-runs",
    "SBT-3.1.2.1-networking",
    "SBT-3.1.2.1-p2p-cs",
    "SBT-3.1.2.1-share",
    "SBT-3.1.2.1-mainstream",
    "SBT-3.1.2.2-mainstream",
    "SBT-3.1.2.2-meets-need",
    "SBT-3.1.2.4-monitoring",
    "SBT-3.1.2.4-ids",
    "SBT-3.1.3.5-db-access",
    "SBT-3.1.4.2-function",
    "SBT-3.1.4.2-performance",
    "SBT-3.1.4.2-manageable",
    "SBT-3.1.4.2-status",
    "SBT-3.1.4.2-self-secure",
    "SBT-3.1.4.3-engine",
    "SBT-3.1.4.3-resources",
    "SBT-3.1.4.3-deploy",
    "SBT-3.1.1.2-mtbf",
    "SBT-3.1.1.2-sw-mttr",
    "SBT-3.1.1.2-hw-mttr",
    "SBT-3.1.1.2-daily-failure",
    "SBT-3.1.1.4-dr-centre",
    "SBT-3.1.1.4-dr-data",
    "SBT-3.1.1.4-dr-network",
    "SBT-3.1.1.4.1-general",
    "SBT-3.1.1.4.1-severe",
    "SBT-3.1.1.4.2-general",
    "SBT-3.1.1.4.2-severe",
    "SBT-3.1.2.4-inspect",
    "SBT-3.1.2.4-monitor",
    "SBT-3.1.2.4-alarm",
    "SBT-3.1.2.4-block",
    "SBT-3.1.2.4-prevent",
    "SBT-3.1.3.4-physical-power",
    "SBT-3.1.4.3-protect",
    "SBT-3.1.1.3.1-incremental",
    "SBT-3.1.1.3.1-full",
    "SBT-3.1.1.3.1-differential",
    "SBT-3.1.1.3.1-online",
    "SBT-3.1.1.3.1-offline",
    "SBT-3.1.1.3.2-local",
    "SBT-3.1.1.3.2-remote",
    "SBT-3.1.1.3.3-by-flow",
    "SBT-3.1.1.3.3-by-importance",
    "SBT-3.1.1.3.3-incremental",
    "SBT-3.1.1.3.3-full",
    "SBT-3.1.1.3.3-differential",
    "SBT-3.1.1.3.4-pages",
    "SBT-3.1.1.3.4-customers",
    "SBT-3.1.1.3.4-trades",
    "SBT-3.1.1.3.4-management",
    "SBT-3.1.1.3.4-merchants",
    "SBT-3.1.1.3.5-integrity",
    "SBT-3.1.1.3.5-media",
    "SBT-3.1.1.3.5-multi-kind",
    "SBT-3.1.1.3.5-scheduled",
    "SBT-3.1.1.3.5-start-date",
    "SBT-3.1.1.3.5-stop-date",
    "SBT-3.1.1.3.5-verify-means",
    "SBT-3.1.1.3.5-hot",
    "SBT-3.1.1.3.5-raid",
    "SBT-3.1.1.3.5-image",
    "SBT-3.1.2.3-tcpip",
    "SBT-3.1.3-confidential",
    "SBT-3.1.3-complete",
    "SBT-3.1.3-unforgeable",
    "SBT-3.1.3-authenticable",
    "SBT-3.1.3-non-repudiable",
    "SBT-3.1.3.5-operations",
    "SBT-3.1.3.1-identified",
    "SBT-3.1.3.1-no-intrusion",
    "SBT-3.1.3.2-vertical",
    "SBT-3.1.3.2-horizontal",
    "SBT-3.1.3.3-plain-web",
    "SBT-3.1.3.3-ssl128",
    "SBT-3.1.3.4-physical-fire",
    "SBT-3.1.3.4-logical-field",
    "SBT-3.1.3.3-personal-no-leak",
    "SBT-3.1.3.3-trade-no-leak",
    "SBT-3.1.4.4-offsite",
    "SBT-3.1.5-accounting",
    "SBT-3.1.5-stock",
    "SBT-3.1.5-sales-payment",
    "SBT-3.1.5-identity",
    "SBT-3.1.5-logistics",
    "SBT-3.1.5-e-bank",
    "SBT-3.1.5-crm",
    "SBT-3.1.5-analytics",
    "SBT-3.2.1-register",
    "SBT-3.2.1-cart",
    "SBT-3.2.1-display",
    "SBT-3.2.1-orders",
    "SBT-3.2.1-kept",
    "SBT-3.2.5-page",
    "SBT-4.1.2.1.1-goods-price",
    "SBT-4.1.2.1.1-delivery-price",
    "SBT-4.1.2.1.1-fee-separate",
    "SBT-6-backup",
    "SBT-6-safe",
    "SBT-6-reliable",
    "SBT-6-stable",
    "SBT-6-refund-help",
    "SBT-7.2.3-view",
    "SBT-7.2.3-modify",
}


def made(path: Path) -> set[str]:
    """Return the names of the probes that a file makes, but for those that one file makes of a table of its own."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Probe"]
    return {
        str(ast.literal_eval(keyword.value))
        for call in calls
        for keyword in call.keywords
        if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
    }


def test_every_probe_file_is_in_the_registry_under_its_own_name() -> None:
    found = set[str]().union(*(made(path) for path in (ROOT / "probes").rglob("*.py")))
    assert found | set(round_trip.PROBES) == set(PROBES)
    assert set(round_trip.PROBES) == {f"interface.{kind}" for kind in KINDS}
    assert all(name == probe.name for name, probe in PROBES.items())


def test_every_probe_comes_after_what_it_stands_on() -> None:
    order = list(PROBES)
    for name, probe in PROBES.items():
        assert set(probe.after) <= set(order[: order.index(name)]), name


def test_every_judge_s_kinds_are_in_the_registry_and_no_probe_looks_for_nobody() -> None:
    needed = {kind for judgement in JUDGEMENTS.values() for kind in judgement.needs}
    assert needed == set(PROBES) | RECALLED
    assert set(RECALLS) == RECALLED
    assert not RECALLED & set(PROBES)
    assert all(judgement.needs for judgement in JUDGEMENTS.values())


def test_the_judged_checks_are_those_of_the_catalogue_that_were_meant() -> None:
    assert set(JUDGEMENTS) == JUDGED
    records = load_catalogue().by_id
    assert all(records[own_id].node == "check" for own_id in JUDGEMENTS)
    assert list(JUDGEMENTS) == sorted(JUDGEMENTS, key=list(JUDGEMENTS).index)


def test_no_judge_stands_in_for_a_document() -> None:
    records = load_catalogue().by_id
    assert {records[own_id].automation for own_id in JUDGEMENTS} <= {"full", "partial"}


def test_every_check_has_at_least_two_defects_and_every_defect_a_check() -> None:
    numbers = Counter(defect.check for defect in DEFECTS)
    assert set(numbers) == set(JUDGEMENTS) - set(LONG_RUN) - set(BACKUPS) - set(HOSTS)
    assert min(numbers.values()) >= 2
    assert len(NAMES) == len(DEFECTS)


def test_every_check_of_the_long_record_has_at_least_two_subjects_that_violate_it() -> None:
    numbers = Counter(subject.violates for subject in SUBJECTS)
    assert set(LONG_RUN) == {own_id for own_id, judgement in JUDGEMENTS.items() if RECALLED & set(judgement.needs)}
    assert set(numbers) == set(STANDING)
    assert min(numbers.values()) >= 2
    assert len({subject.name for subject in SUBJECTS}) == len(SUBJECTS)
    assert all(set(JUDGEMENTS[own_id].needs) <= RECALLED for own_id in LONG_RUN)


def test_every_check_of_load_has_at_least_two_recorded_runs_that_violate_it() -> None:
    numbers = Counter(subject.violates for subject in load_subjects.SUBJECTS)
    assert set(numbers) == set(LOAD)
    assert min(numbers.values()) >= 2
    assert len({subject.name for subject in load_subjects.SUBJECTS}) == len(load_subjects.SUBJECTS)
    assert set(LOAD) == {own_id for own_id, judgement in JUDGEMENTS.items() if "ledger.load" in judgement.needs}
    records = load_catalogue().by_id
    assert all("load" in records[own_id].methods or "backup" in records[own_id].methods for own_id in LOAD)


def test_every_check_of_drills_has_at_least_two_recorded_drills_that_violate_it() -> None:
    numbers = Counter(subject.violates for subject in drill_subjects.SUBJECTS)
    assert set(numbers) == set(drill_subjects.ALL)
    assert min(numbers.values()) >= 2
    assert len({subject.name for subject in drill_subjects.SUBJECTS}) == len(drill_subjects.SUBJECTS)
    drilled = {own_id for own_id, judgement in JUDGEMENTS.items() if "ledger.drills" in judgement.needs}
    assert drilled == set(drill_subjects.ALL)
    records = load_catalogue().by_id
    assert all("drill" in records[own_id].methods for own_id in drilled)


def test_every_check_of_hosts_has_at_least_two_recorded_machines_that_violate_it() -> None:
    numbers = Counter(subject.violates for subject in host_subjects.SUBJECTS)
    assert set(numbers) == set(HOSTS)
    assert min(numbers.values()) >= 2
    assert len({subject.name for subject in host_subjects.SUBJECTS}) == len(host_subjects.SUBJECTS)


def test_every_check_of_backups_has_at_least_two_recorded_platforms_that_violate_it() -> None:
    numbers = Counter(subject.violates for subject in backup_subjects.SUBJECTS)
    assert set(numbers) == set(BACKUPS)
    assert min(numbers.values()) >= 2
    assert len({subject.name for subject in backup_subjects.SUBJECTS}) == len(backup_subjects.SUBJECTS)


def test_judges_of_writing_probes_declare_that_the_run_must_be_authorised() -> None:
    for own_id, judgement in JUDGEMENTS.items():
        writes = any(PROBES[kind].writes for kind in judgement.needs if kind in PROBES)
        assert not writes or "platform.authorised" in judgement.declares, own_id


def test_what_judges_declare_are_keys_of_the_target_file() -> None:
    declared = {key for judgement in JUDGEMENTS.values() for key in judgement.declares}
    roles = {key.removeprefix("roles.") for key in declared if key.startswith("roles.")}
    assert roles <= set(ROLES)
    others = declared - {f"roles.{role}" for role in roles}
    platform, payment = {"platform.adapter", "platform.authorised"}, {"payment.sandbox", "payment.hosts"}
    machines = {"hosts", "backups", "backup_plan", "restore.scratch"}
    machines |= {"utilisation", "databases", "firewall.advisories_of", "antivirus.scan_s"}
    machines |= {"load.peak_rate_per_s", "load.query_p95_ms"}
    machines |= {"drills"}
    assert others == platform | payment | {"api.description", "audit.log"} | machines


def test_the_verbs_that_probes_need_exist() -> None:
    assert set(VERBS_OF) <= set(PROBES)
    assert {verb for needed in VERBS_OF.values() for verb in needed} <= set(VERBS)


def test_the_readme_of_the_judges_lists_every_file_of_judges() -> None:
    folder = ROOT / "conformance" / "judges"
    listed = set(re.findall(r"^\| `(\w+\.py)` \|", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert listed == {path.name for path in folder.glob("*.py")} - {"__init__.py"}
