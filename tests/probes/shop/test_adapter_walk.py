"""The walk of an adapter file: what is read of it, and one bad file with its exact message for each rule."""
# ruff: noqa: E501 - exact messages and cases stand in one line each

from pathlib import Path

import pytest

from probes.errors import SettingsError
from probes.shop.adapter_file import built_in, load, parse
from probes.shop.adapter_walk import NEEDED, WALKED
from probes.shop.journey import Act, CssTake, Extractor
from probes.shop.verbs import VERBS
from tests.probes.shop.walking import HEAD

HOME = '[journeys.home]\n[[journeys.home.steps]]\nstepId = "go"\npath = "/"\n'
GO, SEEN = 'stepId = "a"\ngoto = "/"\n', 'wait_for = "p"\n'
READS = {"confirm_order": 'read.number = {css = "b"}\n', "read_order": 'read.total = {css = "i", as = "money"}\n'}


def walk(**changed: str | None) -> str:
    """Return an adapter whose walk has what it needs, with the steps of these verbs changed (None: left out)."""
    steps: dict[str, str | None] = {verb: GO + SEEN + READS.get(verb, "") for verb in NEEDED}
    tables = {**changed, **{verb: text for verb, text in steps.items() if verb not in changed}}
    written = (f"[[walk.{verb}.steps]]\n{text}" for verb, text in tables.items() if text is not None)
    return HEAD.lstrip() + HOME + "".join(written)


def faults_of(text: str) -> list[str]:
    with pytest.raises(SettingsError) as told:
        parse(text, file="shop.toml")
    return [fault.removeprefix("shop.toml:").replace(": ", ":", 1) for fault in told.value.faults]


def test_a_walk_is_read_in_the_order_in_which_it_is_walked() -> None:
    fill = 'stepId = "b"\nfill = {"[name=a]" = "{email}"}\nselect = {select = "CN"}\nclick = "button"\n'
    read = parse(walk(register=f"{GO}[[walk.register.steps]]\n{fill}{SEEN}", home=GO + SEEN), file="shop.toml").walk
    assert list(read) == ["home", *NEEDED]
    assert read["register"] == (
        Act(step_id="a", goto="/"),
        Act(step_id="b", fill={"[name=a]": "{email}"}, select={"select": "CN"}, click="button", wait_for="p"),
    )
    assert read["confirm_order"][0].read == {"number": Extractor(take=CssTake(css="b"), kind="text")}
    assert parse(HEAD + HOME, file="shop.toml").walk == {}


def test_what_is_walked_are_verbs_and_what_is_needed_is_walked() -> None:
    assert set(NEEDED) <= set(WALKED) <= set(VERBS)


def test_of_the_built_in_adapters_vendure_has_a_walk() -> None:
    assert [name for name in built_in() if load(name, beside=Path()).walk] == ["vendure"]


R = "[walk.register] step a"


@pytest.mark.parametrize(
    ("register", "fault"),
    [
        ('goto = "/"\n' + SEEN, "[walk.register] step 1: stepId is missing; add it"),
        (GO + '[[walk.register.steps]]\nstepId = "b"\n[[walk.register.steps]]\nstepId = "c"\n' + SEEN, "[walk.register] step b: says nothing; give goto, fill, select, click, wait_for or read"),
        ('stepId = "a"\n' + SEEN, f"{R}: begins on an empty page; add goto"),
        (GO, f"{R}: is the last, and nothing tells that it came about; add wait_for"),
        (GO + SEEN + 'press = "b"\n', f"{R}: unknown key press; known are click, fill, goto, read, select, stepId, wait_for"),
        (GO + SEEN + 'clik = "b"\n', f"{R}: unknown key clik; did you mean click?"),
        ('stepId = "a"\ngoto = "x"\n' + SEEN, f"{R}: goto = 'x' is no path of the shop; begin it with /"),
        (GO + 'wait_for = "a["\n', f"{R}: wait_for = 'a[' is not a CSS selector: Expected ident or '*', got <EOF at 2>; mend it"),
        (GO + 'wait_for = "."\n', f"{R}: wait_for = '.' means a row, and there is none here; give a CSS selector"),
        (GO + SEEN + "click = 1\n", f"{R}: click must be a text, not 1"),
        (GO + SEEN + 'fill = {"a[" = "x"}\n', f"{R} fill: selector = 'a[' is not a CSS selector: Expected ident or '*', got <EOF at 2>; mend it"),
        (GO + SEEN + "fill = {a = 1}\n", f"{R}: fill.a must be a text"),
        (GO + SEEN + 'select = "a"\n', f"{R}: select must be a table, not 'a'"),
        (GO + SEEN + 'fill = {a = "{street}"}\n', f"{R}: {{street}} has no value here; it is neither an input of the walk nor read by an earlier step"),
        (GO + SEEN + 'fill = {a = "{number}"}\n', f"{R}: {{number}} has no value here; it is neither an input of the walk nor read by an earlier step"),
        (GO + SEEN + 'read.x = {json = "$"}\n', f"{R} read x: is read off a page; give css or url"),
        (GO + SEEN + 'read.total = {css = "i"}\n', '[walk.register]: read total is a sum; add as = "money"'),
        (GO + SEEN + "[[walk.register.steps]]\n" + GO + SEEN, f"{R}: stepId a stands twice; rename one"),
    ],
)  # fmt: skip
def test_faults_of_a_step(register: str, fault: str) -> None:
    assert [found.partition(":")[2] for found in faults_of(walk(register=register))] == [fault]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (HEAD.lstrip() + HOME + "[walk]\n", ["10:[walk]: lacks register, log_in, add_to_cart, check_out, confirm_order, read_order; add [[walk.register.steps]]"]),
        (walk(read_order=None), ["10:[walk]: lacks read_order; add [[walk.read_order.steps]]"]),
        (walk(pay=GO), ["10:[walk]: pay is no part of the walk; known are " + ", ".join(WALKED)]),
        (walk(chek_out=GO), ["10:[walk]: chek_out is no part of the walk; did you mean check_out?"]),
        (walk(log_in='stepId = "a"\n' + SEEN), ["10:[walk.log_in] step a: begins on an empty page; add goto"]),
        (walk(check_out='stepId = "a"\nclick = "b"\nwait_for = "[id=\'{email}\']"\n', register=GO + SEEN), []),
        (walk(confirm_order=GO + SEEN), ["10:[walk.confirm_order]: reads no number; add read.number = {css = ...} to a step"]),
        (walk(read_order=GO + SEEN + 'read.total = {css = "i"}\n'), ['10:[walk.read_order]: read total is a sum; add as = "money"']),
        (walk(home=GO + SEEN, list_orders=GO + 'wait_for = "[id=\'{number}\']"\n'), []),
        (HEAD.lstrip() + HOME + "[walk.home]\n" + walk()[len(HEAD.lstrip() + HOME):], ["10:[walk.home]: has no steps; add [[walk.home.steps]]"]),
        (HEAD.lstrip() + HOME + "[walk.home]\ninputs = []\n" + walk(home=GO + SEEN)[len(HEAD.lstrip() + HOME):], ["11:[walk.home]: unknown key inputs; known are steps"]),
    ],
)  # fmt: skip
def test_faults_of_a_walk(text: str, faults: list[str]) -> None:
    if faults:
        assert faults_of(text) == faults
    else:
        assert parse(text, file="shop.toml").walk
