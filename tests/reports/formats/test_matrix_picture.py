"""The access matrix as a picture: complete, in both languages, readable without colours, and never green by default."""

import dataclasses
from typing import Any

import pytest
from lxml import html

from probes.access.kinds import DOES, KINDS
from probes.canonical import freeze
from probes.observation import Observation
from reports import access_words
from reports.formats import matrix_picture, report_html
from tests.conformance.judges import matrix_evidence
from tests.reports import dossiers
from tests.reports.formats import sample


def seen(kind: str, data: dict[str, Any]) -> Observation:
    return Observation(header=dossiers.seen(kind, "everybody"), data=freeze(data))


def readings(**changes: Any) -> list[Observation]:
    reads = matrix_evidence.matrix()
    cell = next(cell for cell in reads["cells"] if (cell["kind"], cell["who"]) == ("address", "buyer_b"))
    cell.update(changes)
    return [seen("access.matrix", reads), seen("access.matrix_writes", matrix_evidence.matrix_writes())]


def place(picture: matrix_picture.Picture, kind: str, role: str, verb: str) -> matrix_picture.Place:
    rows = [row for _, rows in picture.groups for row in rows if row.kind == kind]
    (found,) = [each for each in rows[0].places if (each.role, each.verb) == (role, verb)]
    return found


def drawn(*observations: Observation) -> matrix_picture.Picture:
    picture = matrix_picture.picture(observations)
    assert picture is not None
    return picture


def test_without_a_matrix_there_is_no_picture() -> None:
    assert matrix_picture.picture(()) is None
    assert b'id="matrix"' not in report_html.render(sample.dossier())


def test_every_kind_has_its_row_and_every_role_and_verb_a_place() -> None:
    picture = drawn(*readings())
    rows = [row for _, rows in picture.groups for row in rows]
    assert {row.kind for row in rows} == set(KINDS) == set(access_words.KINDS)
    assert all(len(row.places) == len(matrix_picture.COLUMNS) * len(DOES) for row in rows)
    assert picture.requests == 200
    assert picture.cells == len(matrix_evidence.matrix()["cells"]) + len(matrix_evidence.matrix_writes()["cells"])


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "refused"),
        ({"shown": ["Lane"]}, "shown"),
        ({"same": True}, "shown"),
        ({"own_after": False}, "unproven"),
        ({"outcome": "broken", "why": "got 500"}, "unproven"),
    ],
)
def test_what_a_cell_says_is_what_the_judge_reads(changes: dict[str, Any], state: str) -> None:
    assert place(drawn(*readings(**changes)), "address", "buyer_b", "read").state == state


def test_what_was_not_tried_is_never_green() -> None:
    reads = matrix_evidence.matrix()
    reads["lacks"] = [{"kind": "voucher", "verb": "read", "why": "the adapter describes no such journey"}]
    reads["absent"] = {"seller_b": "the target file declares no [roles.seller_b]"}
    reads["cells"] = [cell for cell in reads["cells"] if cell["who"] != "seller_b"]
    picture = drawn(seen("access.matrix", reads))
    assert place(picture, "voucher", "visitor", "read").state == "lacking"
    assert "no such journey" in place(picture, "voucher", "visitor", "read").why
    assert place(picture, "order", "seller_b", "read").state == "absent"
    assert place(picture, "order list", "buyer_b", "change").state == "none"
    assert place(picture, "address", "buyer_b", "change").state == "lacking"
    assert place(picture, "order", "owner", "read").state == "own"


def test_a_seller_of_the_goods_is_entitled_and_an_ended_session_a_pointer() -> None:
    reads = matrix_evidence.matrix()
    reads["entitled"] = ["seller_b"]
    reads["cells"] = [cell for cell in reads["cells"] if (cell["kind"], cell["who"]) != ("order", "seller_b")]
    next(cell for cell in reads["cells"] if cell["who"] == "ended")["shown"] = ["Lane"]
    picture = drawn(seen("access.matrix", reads))
    assert place(picture, "order", "seller_b", "read").state == "entitled"
    assert place(picture, "order", "ended", "read").state == "pointer"


def test_the_page_says_each_place_in_words_and_both_languages() -> None:
    dossier = sample.dossier()
    page = report_html.render(dataclasses.replace(dossier, readings=(*dossier.readings, *readings(shown=["Lane"]))))
    tree = html.document_fromstring(page.decode())
    (table,) = tree.cssselect("#matrix table")
    places = table.cssselect("tbody td")
    assert len(places) == len(KINDS) * len(matrix_picture.COLUMNS) * len(DOES)
    assert all(each.cssselect(".unseen") and each.get("title") for each in places)
    (leak,) = table.cssselect("td.at-shown")
    assert "显示了他人数据" in html.tostring(leak, encoding="unicode")
    assert "somebody else's data was shown" in html.tostring(leak, encoding="unicode")
    assert not table.cssselect("th:not([scope])")
    assert tree.cssselect("nav a[href='#matrix']")
    legend = tree.cssselect("#matrix .legend li")
    assert {each.get("class") for each in legend} == {f"at-{state}" for state, _ in drawn(*readings(same=True)).states}


def test_every_state_has_a_sign_and_words() -> None:
    for state, text in access_words.STATES.items():
        assert report_html._sign(state)
        assert text.zh
        assert text.en
