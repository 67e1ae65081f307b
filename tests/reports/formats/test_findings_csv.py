import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.formats import findings_csv
from reports.verdict import Measured, Text, Violates
from tests.reports.dossiers import FUNCTION, REQUIREMENTS, dossier, text, with_verdict


def rows(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_one_line_a_finding_in_catalogue_order() -> None:
    raw = findings_csv.render(dossier())
    told = rows(raw)

    assert raw.startswith(b"\xef\xbb\xbfid,document,")
    assert raw == findings_csv.render(dossier())
    assert [row["id"] for row in told] == [each.id for each in REQUIREMENTS]
    mtbf = told[3]
    assert (mtbf["measured"], mtbf["unit"], mtbf["threshold"]) == ("9000.5", "h", "mtbf >= 8500.0 h")
    assert told[2]["waiver_owner"] == "李雷"
    assert told[4]["cause"] == "document"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_nothing_is_taken_for_a_formula(start: str) -> None:
    nasty = Violates(
        reason=Text(zh=start + "1+1", en=start + "cmd|' /C calc'!A0"),
        observations=(FUNCTION.id,),
        repeat=(start + "x",),
        measured=Measured(metric="m", value=start + "9"),
    )
    row = rows(findings_csv.render(dossier(verdicts=with_verdict("SBT-3.1-function", nasty))))[1]

    assert row["reason"] == "'" + start + "cmd|' /C calc'!A0"
    assert all(not cell.startswith(start) for cell in row.values())


def test_negative_numbers_stay_numbers() -> None:
    cold = Violates(reason=text("cold"), observations=(FUNCTION.id,), measured=Measured(metric="m", value=-4.5))

    assert rows(findings_csv.render(dossier(verdicts=with_verdict("SBT-3.1-function", cold))))[1]["measured"] == "-4.5"


@settings(deadline=None)
@given(words=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_comes_back(words: str) -> None:
    own = Violates(reason=Text(zh=words, en=words), observations=(FUNCTION.id,))
    row = rows(findings_csv.render(dossier(verdicts=with_verdict("SBT-3.1-function", own))))[1]

    assert row["reason"].removeprefix("'") == words.removeprefix("'")
