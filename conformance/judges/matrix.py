"""SBT-3.1.3.2 over the whole access matrix: who reads, changes or takes away what is somebody else's.

What one member does to another's, whatever their roles on the customers' pages, is a matter between users (horizontal);
what somebody does on a page of a higher role, or without being anybody, one of roles (vertical). A thing that opens to
visitors opens to everybody who knows where it is: that is told once, as a matter of roles. What a visitor sees of a
buyer's order, order list and profile is told under 3.1.3 (confidential), by ``access.outsiders``; what an ended session
sees, under 3.1.3.1.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from conformance.judges.matrix_words import DOUBTS, thing, who
from conformance.judges.words import bad, bound, good, untold
from probes.access.cells import doubt, state_of
from probes.access.kinds import ENDED, VISITOR
from probes.observation import Observation
from reports.access_words import VERBS
from reports.verdict import Requirement, Verdict

OUTSIDERS = frozenset({"order", "order list", "profile"})
"""Kinds of a buyer that ``access.outsiders`` tells of."""

ENTROPY, LIFETIME = "guest_link_entropy", "guest_link_lifetime"
Cell = Mapping[str, Any]


def between_users(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.matrix`` or ``access.matrix_writes`` for what users do to one another's."""
    cells = [cell for cell in seen.data["cells"] if _between_users(cell)]
    opened = _open_to_all(seen)
    bad_ones = [cell for cell in cells if _wrong(cell) and _place(cell) not in opened]
    if bad_ones:
        return _violates(seen, bad_ones)
    if any(_wrong(cell) for cell in cells):
        return _pointer(seen, "3.1.3.2#1 (rights by role)", "3.1.3.2#1（按角色分权）")
    return _missing(seen, "buyer_b", "seller_a", "seller_b") or _proven(seen, cells)


def between_roles(requirement: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``access.matrix`` or ``access.matrix_writes`` for what lower roles, and nobody at all, reach."""
    cells = [cell for cell in seen.data["cells"] if cell["who"] != ENDED and not _between_users(cell)]
    linked = {link["kind"] for link in seen.data["links"] if link["opens"]}
    wrong = [cell for cell in cells if _wrong(cell)]
    told = [cell for cell in wrong if not _elsewhere(cell)]
    if told:
        return _violates(seen, told)
    links = [verdict for link in seen.data["links"] if (verdict := _link(requirement, seen, link)) is not None]
    if links:
        return links[0]
    if wrong:
        return _pointer(seen, "3.1.3 (confidential)", "3.1.3（保密性）")
    return _missing(seen, "buyer_b", "seller_a", "seller_b", "operator") or _proven(seen, cells, links=len(linked))


def _missing(seen: Observation, *roles: str) -> Verdict | None:
    """Return that a role could not be had, so that what it may reach was not tried; None where all were there."""
    absent = {role: why for role, why in seen.data["absent"].items() if role in roles}
    if not absent:
        return None
    told = "; ".join(f"{role}: {why}" for role, why in absent.items())
    return untold(
        seen,
        f"Not everybody could be had for the matrix: {told}",
        f"未能取得矩阵所需的全部角色：{told}",
        cause="settings",
    )


def _between_users(cell: Cell) -> bool:
    """Tell whether a member tries what is another member's own."""
    if cell["who"] in {VISITOR, ENDED} or cell["owner"] == "operator":
        return False
    return bool(cell["owner"].startswith("buyer") or cell["who"].startswith("seller"))


def _place(cell: Cell) -> tuple[str, str]:
    return cell["kind"], cell["verb"]


def _wrong(cell: Cell) -> bool:
    return state_of(cell) in {"shown", "altered"}


def _open_to_all(seen: Observation) -> set[tuple[str, str]]:
    return {_place(cell) for cell in seen.data["cells"] if cell["who"] == VISITOR and _wrong(cell)}


def _elsewhere(cell: Cell) -> bool:
    return cell["who"] == VISITOR and cell["verb"] == "read" and cell["kind"] in OUTSIDERS


def _violates(seen: Observation, cells: list[Cell]) -> Verdict:
    named_en = "; ".join(dict.fromkeys(_told_en(cell) for cell in cells))
    named_zh = "；".join(dict.fromkeys(_told_zh(cell) for cell in cells))
    guesses = [_guess(seen, cell) for cell in cells if cell["who"] == VISITOR and cell["by_id"]]
    ids_en = "".join(dict.fromkeys(en for en, _ in guesses))
    ids_zh = "".join(dict.fromkeys(zh for _, zh in guesses))
    return bad(
        seen,
        f"{named_en}.{ids_en}",
        f"{named_zh}。{ids_zh}",
        repeat=[f"{cell['request']} ({_effect(cell)})" for cell in cells],
    )


def _told_en(cell: Cell) -> str:
    name, verb = thing(cell["kind"]).en, VERBS[cell["verb"]].en
    if cell["who"] == VISITOR and cell["by_id"]:
        return f"{name}: anyone who knows its id can {verb} it, without log-in"
    return f"{who(cell['who']).en} could {verb} {cell['owner']}'s {name}"


def _told_zh(cell: Cell) -> str:
    name, verb = thing(cell["kind"]).zh, VERBS[cell["verb"]].zh
    if cell["who"] == VISITOR and cell["by_id"]:
        return f"{name}：任何人只要知道标识，无需登录即可{verb}"
    return f"{who(cell['who']).zh}可{verb} {cell['owner']} 的{name}"


def _effect(cell: Cell) -> str:
    return "the owner then found it changed or gone" if cell.get("altered") else "holds what is the owner's"


def _guess(seen: Observation, cell: Cell) -> tuple[str, str]:
    """Tell how guessable the identifiers of a kind are, in English and Chinese; nothing where it was not measured."""
    measured = next((kind["guess"] for kind in seen.data["kinds"] if kind["kind"] == cell["kind"]), None)
    if measured is None:
        return "", ""
    bits = measured["entropy_bits"]
    counted = measured["sequential"]
    en = " Its ids count up, one after another." if counted else f" Its ids hold at most {bits} bits."
    zh = "其标识按顺序递增。" if counted else f"其标识的熵不超过 {bits} 比特。"
    return en, zh


def _link(requirement: Requirement, seen: Observation, link: Mapping[str, Any]) -> Verdict | None:
    """Judge a declared guest link by the entropy of its secret and by its lifetime; None where both are right."""
    least_bits, most_h = (bound(requirement, metric).value for metric in (ENTROPY, LIFETIME))
    name = f"guest link {link['pattern']}"
    name_zh = f"免登录链接 {link['pattern']} "
    if link["expired"]["opens"]:
        return bad(
            seen,
            f"An expired {name} still opens.",
            f"已过期的{name_zh}仍可打开。",
            repeat=[link["request"]] * bool(link["request"]),
        )
    if not link["opens"] or link["guess"] is None:
        return untold(
            seen,
            f"No {name} of this run was found, or it did not open, so it could not be judged.",
            f"没有找到本次检查产生的{name_zh}，或链接打不开，无法判断。",
            cause="settings",
        )
    bits, lifetime = link["guess"]["entropy_bits"], link["lifetime_h"]
    if link["guess"]["sequential"] or bits < least_bits:
        return bad(
            seen,
            f"The secret of the {name} holds at most {bits} bits; {least_bits:g} are needed.",
            f"{name_zh}中令牌的熵不超过 {bits} 比特，应不少于 {least_bits:g} 比特。",
            repeat=[link["request"]],
        )
    if not isinstance(lifetime, int | float) or lifetime > most_h:
        return bad(
            seen,
            f"The {name} is declared to live {link['lifetime_h']} h; at most {most_h:g} h are allowed.",
            f"{name_zh}声明的有效期为 {link['lifetime_h']} 小时，应不超过 {most_h:g} 小时。",
            repeat=[link["request"]],
        )
    if not link["expired"]["tried"]:
        return untold(
            seen,
            f"That a {name} ever expires could not be seen: declare one that is over, as `expired`.",
            f"无法确认{name_zh}会失效：请用 expired 声明一个已过期的链接。",
            cause="settings",
        )
    return None


def _pointer(seen: Observation, clause_en: str, clause_zh: str) -> Verdict:
    return untold(
        seen,
        f"Something opened to those who are not meant to; see {clause_en}.",
        f"有内容向无权者开放，详见{clause_zh}。",
    )


def _untried(seen: Observation) -> list[str]:
    """Return the kinds that the adapter describes and of which this run could have none."""
    lacks = [lack for lack in seen.data["lacks"] if " describes no " not in lack["why"]]
    return list(dict.fromkeys(lack["kind"] for lack in lacks if "names no object" not in lack["why"]))


def _proven(seen: Observation, cells: Iterable[Cell], *, links: int = 0) -> Verdict:
    """Conform where each cell is a proven refusal; tell the first doubt otherwise."""
    cells = list(cells)
    for cell in cells:
        if state_of(cell) == "refused":
            continue
        why, name = DOUBTS[doubt(cell) or "neither"], thing(cell["kind"])
        verb, role = VERBS[cell["verb"]], who(cell["who"])
        return untold(
            seen,
            f"{role.en} trying to {verb.en} {cell['owner']}'s {name.en}: {why.en} {cell['why']}".strip(),
            f"{role.zh}尝试{verb.zh} {cell['owner']} 的{name.zh}：{why.zh}{cell['why']}",
        )
    if not cells:
        return untold(seen, "Nothing foreign could be tried.", "没有可供尝试的他人对象。", cause="settings")
    kinds = len({cell["kind"] for cell in cells})
    tries = len(cells)
    verbs_en = dict.fromkeys(VERBS[cell["verb"]].en for cell in cells)
    verbs_zh = dict.fromkeys(VERBS[cell["verb"]].zh for cell in cells)
    further_en = f" {links} declared guest link(s) hold enough entropy and expire." if links else ""
    further_zh = f"{links} 个声明的免登录链接熵值足够且会失效。" if links else ""
    untried = _untried(seen)
    if untried:
        further_en += f" Not tried, as they could not be had: {', '.join(untried)}."
        further_zh += f"以下对象未能取得，未作尝试：{'、'.join(thing(name).zh for name in untried)}。"
    return good(
        seen,
        f"{tries} attempts on {kinds} kinds of objects by those not entitled were refused ({', '.join(verbs_en)})."
        + further_en,
        f"无权者对 {kinds} 类对象的 {tries} 次尝试均被拒绝（{'、'.join(verbs_zh)}）。" + further_zh,
    )
