"""The pytest side of an examination: options, one item a judged record, gathering once, and the exit status.

``conformance/conftest.py`` imports these hooks by name. The exit status comes from the report, not from pytest's tally.
"""

import shutil
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from conformance.catalogue.load import judged_records, load_catalogue
from conformance.examination import Examination
from conformance.families import Settle, family_of
from conformance.options import add_options, options_of
from conformance.progress import progress_bar
from conformance.session import Session, finish, gather_into, prepare
from probes.clock import SystemClock
from probes.errors import DuhengError, EvidenceError
from reports.formats import terminal
from reports.verdict import Requirement, Verdict, Violates, Word, word

USAGE, BUG, INTERRUPTED = 64, 70, 130
_SESSION = pytest.StashKey[Session]()
_BUGS = pytest.StashKey[list[str]]()
_VERDICT = pytest.StashKey[Verdict]()
_LETTERS: dict[Word, tuple[str, str]] = {
    "conforms": (".", "CONFORMS"),
    "violates": ("F", "VIOLATES"),
    "undetermined": ("u", "UNDETERMINED"),
    "not_applicable": ("n", "NOT APPLICABLE"),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of an examination."""
    add_options(parser.getgroup("duheng", "examination").addoption)


def _is_examination(config: pytest.Config) -> bool:
    # `pytest .` loads this file late, without its options: then the suites are none of its business.
    return config.getoption("accept_undetermined", None) is not None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:  # noqa: ARG001
    """Leave the suites alone where this is no examination."""
    return None if _is_examination(config) else True


def pytest_configure(config: pytest.Config) -> None:
    """Read options, target and key before anything is collected; a fault ends here, with its exit status."""
    if not _is_examination(config):
        return
    config.stash[_BUGS] = []
    if config.option.collectonly:
        return
    try:
        config.stash[_SESSION] = prepare(options_of(config.getoption), SystemClock())
    except DuhengError as error:
        pytest.exit(str(error), returncode=USAGE)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what is examined."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        return None
    order = session.examination.order
    return f"duheng: {order.target.platform.name} ({order.target.platform.base_url}), run {session.examination.run_id}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one item of every judged record of the module's clause family."""
    if "requirement" not in metafunc.fixturenames or not hasattr(metafunc.module, "FAMILY"):
        return
    session = metafunc.config.stash.get(_SESSION, None)
    catalogue = (
        session.examination.order.catalogue if session else load_catalogue(metafunc.config.getoption("standard"))
    )
    members = [item for item in judged_records(catalogue.requirements) if family_of(item) == metafunc.module.FAMILY]
    metafunc.parametrize("requirement", members, ids=[item.id for item in members])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the items in scope."""
    session = config.stash.get(_SESSION, None)
    if session is None:
        return
    scope = {requirement.id for requirement in session.examination.order.scope}
    kept = [item for item in items if _requirement(item).id in scope]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _requirement(item: pytest.Item) -> Requirement:
    found = item.callspec.params["requirement"]  # type: ignore[attr-defined]
    assert isinstance(found, Requirement)
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Gather every observation once, before the first judge runs."""
    prepared = session.config.stash.get(_SESSION, None)
    if prepared is None or session.config.option.collectonly:
        return
    try:
        gather_into(prepared, progress_bar)
    except DuhengError as error:
        pytest.exit(str(error), returncode=USAGE)


@pytest.fixture(scope="session")
def examination(request: pytest.FixtureRequest) -> Examination:
    """Return the examination whose readings were gathered."""
    return request.config.stash[_SESSION].examination


@pytest.fixture
def settle(request: pytest.FixtureRequest) -> Settle:
    """Return the callable that takes a verdict; it never skips, and what it is given is what the report says."""

    def take(requirement: Requirement, verdict: Verdict) -> None:
        request.node.stash[_VERDICT] = verdict
        request.node.user_properties.append(("duheng", word(verdict)))
        if requirement.id in request.config.stash[_SESSION].examination.waivers():
            request.node.user_properties.append(("waived", True))

    return take


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a violation stand as a failure, and any exception of ours as a bug that stops the run."""
    report = yield
    if call.excinfo is not None and not call.excinfo.errisinstance(pytest.exit.Exception):
        item.config.stash[_BUGS].append(f"{item.nodeid}\n{call.excinfo.getrepr(style='short')}")
        item.session.shouldstop = "a bug of ours"
    verdict = item.stash.get(_VERDICT, None)
    if report.when == "call" and isinstance(verdict, Violates) and ("waived", True) not in item.user_properties:
        report.outcome = "failed"
        report.longrepr = verdict.reason.en
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Show the verdict's own letter and word."""
    properties = dict(report.user_properties)
    if report.when != "call" or "duheng" not in properties:
        return None
    if properties.get("waived"):
        return "waived", "w", "WAIVED"
    name: Word = properties["duheng"]  # type: ignore[assignment]
    letter, shown = _LETTERS[name]
    return name.replace("_", " "), letter, shown


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the report and take the exit status from it."""
    prepared = session.config.stash.get(_SESSION, None)
    if prepared is None or session.config.option.collectonly:
        return
    if session.config.stash[_BUGS] or exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        session.exitstatus = BUG
    elif exitstatus == pytest.ExitCode.INTERRUPTED:
        session.exitstatus = INTERRUPTED
    elif exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}:
        try:
            session.exitstatus = finish(prepared)
        except EvidenceError as error:
            pytest.exit(str(error), returncode=USAGE)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the summary by chapter, or what went wrong."""
    for bug in config.stash.get(_BUGS, []):
        terminalreporter.section("a bug of ours: please report it", sep="=", red=True)
        terminalreporter.line(bug)
    session = config.stash.get(_SESSION, None)
    if session is None or session.dossier is None:
        return
    width = shutil.get_terminal_size((100, 24)).columns
    text = terminal.render(
        session.dossier.report,
        lang=session.options.lang,
        width=width,
        colour=sys.stdout.isatty(),
        folder=str(session.folder or ""),
    )
    terminalreporter.ensure_newline()
    terminalreporter.write(text + "\n")
