"""Platforms that cannot be heard, or talk nonsense: nobody is told so who was not heard to the end."""

from pathlib import Path

import pytest

from conformance.judges.table import JUDGEMENTS
from tests.conformance.judges.machine_subjects import MACHINES
from tests.conformance.judges.standing_subjects import LONG_RUN
from tests.conformance.running import duheng, report_of
from tests.miniatures import bad_servers
from tests.miniatures.bad_servers import Conversation, serving
from tests.miniatures.shop.miniature import ADAPTERS

# What may be told against such a platform: over plain http without https its pages *are* in clear, and a shop that
# answers every page with something else has no goods list. Nobody may be told so who was not heard to the end.
UNHEARD: dict[str, Conversation] = {
    "never answers": bad_servers.never_answers,
    "drips a status line": bad_servers.drips_status,
    "drips headers": bad_servers.drips_headers,
    "drips a body": bad_servers.drips_body,
    "garbage": bad_servers.garbage,
    "closes at once": bad_servers.closes_at_once,
    "asks to wait": bad_servers.too_many,
}
HEARD: dict[str, tuple[Conversation, set[str]]] = {
    "sends a gigabyte": (bad_servers.sends_a_gigabyte, {"SBT-3.1.3-confidential", "SBT-3.1.3.3-ssl128"}),
    "redirects for ever": (bad_servers.redirect_loop, {"SBT-3.1.3.3-ssl128"}),
    "GB18030": (
        bad_servers.gb18030_page,
        {
            "SBT-3.1.3-confidential",
            "SBT-3.1.3.3-ssl128",
            "SBT-3.2.1-register",
            "SBT-3.2.1-display",
            "SBT-3.2.5-page",
            "SBT-4.1.2.1.1-delivery-price",
        },
    ),
}
UNDECLARED = ("SBT-3.1.5-", "SBT-6-", "SBT-3.1.3-non-repudiable", "SBT-3.1.3.5-operations")
"""What needs an API, a payment sandbox or an audit trail that this target file does not name."""
TCP = "SBT-3.1.2.3-tcpip"  # a TCP connection is one, whatever is said over it


def _examined_platform(folder: Path, conversation: Conversation) -> tuple[int, dict[str, dict[str, str]]]:
    """Return the exit, and the findings on the built checks by id."""
    with serving(conversation) as server:
        (folder / "duheng.toml").write_text(
            f'[platform]\nid = "x"\nname = "X"\nbase_url = "{server.url}"\nplain_url = "{server.url}"\n'
            f'environment = "disposable"\nauthorised = true\nadapter = "{ADAPTERS / "miniature.toml"}"\n'
            "[limits]\nrequest_timeout_s = 0.5\ndeadline_s = 6\nbody_bytes = 100000\n",
            encoding="utf-8",
        )
        done = duheng("examine", folder=folder)
    assert done.stderr == ""
    found = report_of(folder)["findings"]
    return done.returncode, {each["id"]: each for each in found if each["id"] in JUDGEMENTS}


@pytest.mark.parametrize("name", UNHEARD)
def test_platforms_that_are_not_heard_are_told_nothing(tmp_path: Path, name: str) -> None:
    status, found = _examined_platform(tmp_path, UNHEARD[name])
    assert status == 2
    assert {check for check, each in found.items() if each["verdict"] == "conforms"} == {TCP}
    unknown = {check: each for check, each in found.items() if check != TCP}
    assert {each["verdict"] for each in unknown.values()} == {"undetermined"}
    undeclared = MACHINES | {check for check in unknown if check.startswith(UNDECLARED)} - set(LONG_RUN)
    unsaid = {check: unknown[check] for check in undeclared}
    assert {each["cause"] for check, each in unsaid.items() if check not in MACHINES} == {"settings"}
    assert {unknown[check]["cause"] for check in MACHINES} <= {"settings", "target"}
    assert {unknown[check]["cause"] for check in LONG_RUN} == {"stale"}
    unseen = [each for check, each in unknown.items() if check not in unsaid and check not in LONG_RUN]
    assert {each["cause"] for each in unseen} == {"target"}
    assert all("127.0.0.1" in each["reason"] or "entry" in each["reason"] or "429" in each["reason"] for each in unseen)


@pytest.mark.parametrize("name", HEARD)
def test_platforms_that_talk_nonsense_conform_nowhere(tmp_path: Path, name: str) -> None:
    conversation, violable = HEARD[name]
    _, found = _examined_platform(tmp_path, conversation)
    assert {check for check, each in found.items() if each["verdict"] == "conforms"} == {TCP}
    assert {check for check, each in found.items() if each["verdict"] == "violates"} <= violable
