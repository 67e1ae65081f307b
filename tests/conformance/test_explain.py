"""``duheng explain``: words for people, in columns that a terminal keeps."""

import argparse
import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.catalogue.explain import explain, listing, state_of
from conformance.catalogue.load import load_catalogue, load_extras
from conformance.catalogue.words import LABELS, STATES, WORDS, Lang
from conformance.cli.explain import configure, run
from probes.errors import SettingsError
from reports.columns import cut, pad, width, wrap

LANGS: tuple[Lang, ...] = ("zh", "en")


@dataclass(frozen=True)
class Row:
    needs: tuple[str, ...] = ("net.tls",)
    declares: tuple[str, ...] = ("platform.adapter", "roles.operator")


def _explained(own: str, lang: Lang, *, judged: Row | None = None, columns: int = 80) -> str:
    every = load_catalogue()
    return explain(
        every.by_id[own],
        extras=load_extras()[own],
        judged=judged,
        members=[item for item in every.requirements if item.parent == own],
        lang=lang,
        columns=columns,
    )


def _run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    configure(parser)
    return run(parser.parse_args(arguments))


# --- one requirement ---


def test_a_judged_check_in_english() -> None:
    text = _explained("SBT-3.1.3.3-ssl128", "en", judged=Row(), columns=200)
    lines = text.splitlines()
    assert lines[:4] == ["SBT-3.1.3.3-ssl128", "128-bit encrypted web access", "SSL128位加密访问", ""]
    assert "Clause        3.1.3.3#4 of SBT, chapter 3.1; number restored from nesting and order" in lines
    assert "Force         recommended, requirement, on the platform provider" in lines
    assert "Threshold     tls_symmetric_key_length >= 128 bit (as written: SSL128位; bound by our reading)" in lines
    assert "Evidence age  at most 1 d old at the examination" in lines
    assert "Takes         net.tls" in lines
    assert "Target file   platform.adapter, roles.operator" in lines
    assert lines[-1] == "State         judged: by the tool alone"


def test_a_judged_check_in_chinese() -> None:
    lines = _explained("SBT-3.1.3.3-ssl128", "zh", judged=Row(), columns=200).splitlines()
    assert lines[:3] == ["SBT-3.1.3.3-ssl128", "SSL128位加密访问", "128-bit encrypted web access"]
    assert "条款        SBT 3.1.3.3#4（第3.1章）；条号按层级和顺序还原" in lines
    assert "限值        tls_symmetric_key_length >= 128 bit（原文：SSL128位；界限为本工具的解释）" in lines
    assert "目标文件    platform.adapter, roles.operator" in lines
    assert lines[-1] == "状态        可判定：由本工具独立判定（judged）"


def test_a_check_without_a_judge_says_so() -> None:
    text = _explained("SBT-3.1.1.2-mtbf", "en", columns=200)
    assert text.endswith(
        "State         not-built: no judge yet; an examination reports it undetermined, cause not-built"
    )
    assert "Target file" not in text


def test_a_paper_check_without_a_judge_says_both() -> None:
    text = _explained("SBT-REF-dated", "en", columns=200)
    assert text.endswith("told by documents or signatures alone; no judge yet, so it is undetermined, cause not-built")


def test_a_judge_that_needs_nothing_declared() -> None:
    text = _explained("SBT-3.1.2.3-tcpip", "en", judged=Row(declares=()))
    assert "Target file   nothing beyond [platform]" in text


def test_a_group_lists_its_members() -> None:
    lines = _explained("SBT-3.1.1.3.1", "zh").splitlines()
    assert [line.split() for line in lines[-5:]] == [
        ["SBT-3.1.1.3.1-incremental", "增量备份"],
        ["SBT-3.1.1.3.1-full", "完全备份"],
        ["SBT-3.1.1.3.1-differential", "差分备份"],
        ["SBT-3.1.1.3.1-online", "在线备份"],
        ["SBT-3.1.1.3.1-offline", "离线备份"],
    ]
    assert "状态      汇总：由下属各项得出" in lines


@pytest.mark.parametrize("lang", LANGS)
def test_every_requirement_can_be_explained_and_keeps_its_columns(lang: Lang) -> None:
    for item in load_catalogue().requirements:
        for line in _explained(item.id, lang, judged=Row()).splitlines():
            assert width(line) <= 80, (item.id, line)


def test_the_words_are_the_same_in_both_languages() -> None:
    assert LABELS["zh"].keys() == LABELS["en"].keys()
    assert STATES["zh"].keys() == STATES["en"].keys()
    assert WORDS["en"].keys() <= WORDS["zh"].keys()


# --- lists ---


def test_states() -> None:
    by_id = load_catalogue().by_id
    assert state_of(by_id["SBT-3.1.3.3-ssl128"], judged=True) == "judged"
    assert state_of(by_id["SBT-3.1.3.3-ssl128"], judged=False) == "not-built"
    assert state_of(by_id["SBT-3.2.5-icp"], judged=True) == "partial"
    assert state_of(by_id["SBT-3.2.5-icp"], judged=False) == "not-built"
    assert state_of(by_id["SBT-REF-dated"], judged=False) == "document"
    assert state_of(by_id["SBT-3.1.1.3.1"], judged=True) == "computed"


def test_a_list_filters_by_method_and_state() -> None:
    text = listing(
        load_catalogue().select("3.1.2.3,SBT-3.2.5-page,SBT-3.2.1-cart"),
        judged={"SBT-3.1.2.3-tcpip", "SBT-3.2.1-cart"},
        method="probe",
        state="judged",
        lang="en",
    )
    assert text.splitlines() == [
        "SBT-3.1.2.3-tcpip                     judged     TCP/IP in use",
        "",
        "Requirements: 1",
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_a_list_keeps_its_columns(lang: Lang) -> None:
    text = listing(load_catalogue().requirements, judged=(), method=None, state=None, lang=lang)
    assert len(text.splitlines()) == 680 + 2
    assert all(width(line) <= 80 for line in text.splitlines())


# --- the verb ---


def test_the_verb_explains(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("SBT-3.1.2.3-tcpip", "--lang", "zh") == 0
    assert "采用TCP/IP" in capsys.readouterr().out


@pytest.mark.parametrize(("clause", "own"), [("3.2.5", "SBT-3.2.5"), ("3.1.3.3#4", "SBT-3.1.3.3-ssl128")])
def test_the_verb_explains_a_clause(clause: str, own: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(clause) == 0
    by_number = capsys.readouterr().out
    assert _run(own) == 0
    assert capsys.readouterr().out == by_number
    assert by_number.splitlines()[0] == own


def test_the_verb_lists_several_clauses(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("3.1.2.3,SBT-3.2.5-page") == 0
    told = [line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("SBT-")]
    assert {"SBT-3.1.2.3-tcpip", "SBT-3.2.5-page"} <= set(told)


def test_every_clause_is_a_group_or_one_check() -> None:
    every = load_catalogue().requirements
    first: dict[str, str] = {}
    for item in every:
        # What shares a clause lies below the first of it, so that the clause's number means that one.
        assert first.setdefault(item.clause, item.id) in {item.id, item.parent}, item.id


def test_the_verb_lists_every_check_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--list") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Requirements: 561"


def test_the_verb_lists_a_chapter(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--list", "--chapter", "6", "--method", "backup") == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("SBT-6-backup")


def test_the_states_of_the_verb_part_all_checks(capsys: pytest.CaptureFixture[str]) -> None:
    told = 0
    for state in ("judged", "partial", "document", "not-built"):
        _run("--list", "--state", state)
        told += int(capsys.readouterr().out.splitlines()[-1].split()[1])
    assert told == 556


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "duheng explain: give either an ID or --list"),
        (("SBT-3.2.5-page", "--list"), "duheng explain: give either an ID or --list"),
        (("SBT-3.2.5-page", "--state", "judged"), "duheng explain: --chapter, --method and --state go with --list"),
        (
            ("SBT-3.2.5-pag",),
            (
                'duheng explain: no clause or id "SBT-3.2.5-pag"; '
                "did you mean SBT-3.2.5-page, SBT-3.2.5-av, SBT-3.2.5-icp?"
            ),
        ),
        (("99",), 'duheng explain: no clause or id "99"; duheng explain --list shows all'),
        (("--list", "--chapter", "99"), '--chapter: no clause or id "99"; duheng explain --list shows all'),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _run(*arguments)
    assert str(caught.value) == message


# --- columns ---


def test_a_chinese_character_takes_two_columns() -> None:
    assert width("度衡 ok，") == 4 + 3 + 2
    assert width("e\u0301") == 1


def test_words_are_not_broken_and_chinese_is() -> None:
    assert wrap("one two-three four", 9) == ["one", "two-three", "four"]
    assert wrap("度衡检查平台", 8) == ["度衡检查", "平台"]
    assert wrap("averylongword a", 5) == ["averylongword", "a"]


def test_closing_punctuation_does_not_begin_a_line() -> None:
    assert wrap("检查平台，然后", 8) == ["检查平", "台，然后"]
    assert wrap("use TLS（1.2）。", 9) == ["use TLS", "（1.2）。"]


def test_cutting_and_padding() -> None:
    assert cut("度衡检查平台", 8) == "度衡检…"
    assert cut("度衡检查", 8) == "度衡检查"
    assert pad("度衡", 6) == "度衡  "


@given(st.text(alphabet="度衡检查，。（）ab1.- ", max_size=60), st.integers(8, 40))
def test_wrapping_loses_nothing_but_spaces(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.text(alphabet="度衡检查 ", max_size=60), st.integers(8, 40))
def test_chinese_lines_keep_their_columns(text: str, columns: int) -> None:
    assert all(width(line) <= columns for line in wrap(text, columns))


def test_extras_of_every_requirement_are_texts() -> None:
    assert json.loads(json.dumps(dict(load_extras()))) == dict(load_extras())
