"""SBT-7.2.3: customers may view, and change, the personal information collected of them."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict


def viewable(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``privacy.own_data``: every seeded field stands on the account's own pages."""
    shown = seen.data["shown"]
    broken = [page for page in seen.data["pages"] if not done(page)]
    if not seen.data["pages"] or len(broken) == len(seen.data["pages"]):
        reason = why(broken[0]) if broken else ""
        return bad(
            seen,
            f"No page shows a customer's own data. {reason}",
            f"没有展示客户本人资料的页面。{reason}",
            repeat=requests(*broken),
        )
    missing = sorted(name for name, there in shown.items() if not there)
    measured = Measured(metric="fields_shown", value=f"{len(shown) - len(missing)}/{len(shown)}")
    if missing:
        return bad(
            seen,
            f"Collected and not shown to the customer: {', '.join(missing)}.",
            f"已收集但未向客户展示：{'、'.join(missing)}。",
            measured=measured,
            repeat=requests(*seen.data["pages"]),
        )
    return good(
        seen,
        f"All {len(shown)} seeded fields are shown to the customer.",
        f"预置的 {len(shown)} 个字段均向客户展示。",
        measured=measured,
    )


def changeable(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``privacy.own_data``: each field that is shown can be changed, and the change is there in a fresh session.

    A field that is not shown at all is told under the right to view.
    """
    if "change_missing" in seen.data:
        return untold(
            seen, seen.data["change_missing"], "适配文件没有描述修改资料的操作（change_profile）。", cause="settings"
        )
    changes = [change for change in seen.data["changes"] if seen.data["shown"].get(_plain(change["field"]), False)]
    if not seen.data["logged_in_after"]:
        return bad(
            seen,
            "After changing their data the customer can no longer log in, neither by the old nor by the new address.",
            "客户修改资料后，无论用旧邮箱还是新邮箱都无法登录。",
            repeat=requests(*(change["done"] for change in changes)),
        )
    kept = [change for change in changes if not change["read_back"]]
    if kept:
        names = sorted({change["field"] for change in kept})
        reasons = next((why(change["done"]) for change in kept if not done(change["done"])), "")
        return bad(
            seen,
            f"Changed and not kept: {', '.join(names)}. {reasons}".strip(),
            f"修改后未保存：{'、'.join(names)}。{reasons}",
            repeat=requests(*(change["done"] for change in kept)),
        )
    if not changes:
        return untold(seen, "No field is shown that could be changed.", "没有可供修改的已展示字段。")
    return good(
        seen,
        f"{len(changes)} fields were changed and read back in a fresh session.",
        f"{len(changes)} 个字段修改后，在新会话中读回一致。",
    )


def _plain(field: str) -> str:
    return field.removeprefix("address.")
