"""SBT-7.2.3: customers may view, and change, the personal information collected of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.judges.words import bad, done, good, requests, untold, why
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict


def viewable(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``privacy.own_data``: every field that the shop was given stands on the account's own pages.

    A field shown with its middle starred out is neither shown nor hidden.
    """
    shown, pages = seen.data["shown"], seen.data["pages"]
    if not shown or not pages:
        return untold(
            seen,
            "The adapter describes no page with a customer's own data, or the shop was given none.",
            "适配文件没有描述展示客户本人资料的页面，或平台没有收集任何资料。",
            cause="settings",
        )
    broken = [page for page in pages if not done(page)]
    if len(broken) == len(pages):
        return bad(
            seen,
            f"No page shows a customer's own data. {why(broken[0])}",
            f"没有展示客户本人资料的页面。{why(broken[0])}",
            repeat=requests(*broken),
        )
    starred = [name for name, there in seen.data.get("starred", {}).items() if there and not shown.get(name)]
    missing = sorted(name for name, there in shown.items() if not there and name not in starred)
    measured = Measured(metric="fields_shown", value=f"{len(shown) - len(missing) - len(starred)}/{len(shown)}")
    if missing:
        return bad(
            seen,
            f"Collected and not shown to the customer: {', '.join(missing)}.",
            f"已收集但未向客户展示：{'、'.join(missing)}。",
            measured=measured,
            repeat=requests(*pages),
        )
    if starred:
        return untold(
            seen,
            f"Shown in part only, with stars in place of the rest: {', '.join(starred)}.",
            f"仅部分显示，其余以星号代替：{'、'.join(starred)}。",
        )
    return good(
        seen,
        f"All {len(shown)} fields that the shop was given are shown to the customer.",
        f"平台收集的 {len(shown)} 个字段均向客户展示。",
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
    shown = seen.data["shown"]
    changes = [change for change in seen.data["changes"] if shown.get(change["field"], False)]
    if not seen.data.get("logged_in_after"):
        return bad(
            seen,
            "After changing their data the customer can no longer log in, neither by the old nor by the new address.",
            "客户修改资料后，无论用旧邮箱还是新邮箱都无法登录。",
            repeat=requests(*(change["done"] for change in changes)),
        )
    unkept = [change for change in changes if not change["read_back"]]
    if unkept:
        return _not_kept(seen, unkept)
    if not changes:
        return untold(seen, "No field is shown that could be changed.", "没有可供修改的已展示字段。")
    tried = {change["field"] for change in changes}
    untried = sorted(name for name, there in shown.items() if there and name not in tried)
    if untried:
        return untold(
            seen,
            f"The adapter describes no way to change: {', '.join(untried)}.",
            f"适配文件没有描述如何修改：{'、'.join(untried)}。",
            cause="settings",
        )
    return good(
        seen,
        f"{len(changes)} fields were changed and read back in a fresh session.",
        f"{len(changes)} 个字段修改后，在新会话中读回一致。",
    )


def _not_kept(seen: Observation, unkept: Sequence[Mapping[str, Any]]) -> Verdict:
    names = sorted({change["field"] for change in unkept})
    reason = next((why(change["done"]) for change in unkept if not done(change["done"])), "")
    if all(page.get("outcome") != "done" for page in seen.data.get("pages_after", ())) and "pages_after" in seen.data:
        return untold(
            seen,
            "After the change the customer's own pages could not be read.",
            "修改之后无法读取客户本人的资料页面。",
        )
    return bad(
        seen,
        f"Changed and not kept: {', '.join(names)}. {reason}".strip(),
        f"修改后未保存：{'、'.join(names)}。{reason}",
        repeat=requests(*(change["done"] for change in unkept)),
    )
