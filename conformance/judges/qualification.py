"""SBT-3.2.5: qualifications are published on a page of their own."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.words import bad, good, untold
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Verdict

CLICKS = 2
OK = 200
_NO_ANSWER = frozenset({429, 500, 502, 503, 504})
SUBSTANCE = 30  # visible characters below which a page tells nothing


def dedicated_page(_: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``web.qualification``: one page of its own, titled as such, two clicks from home at most, without log-in.

    Footer text alone, a picture's alternative text, an empty page and a page behind a log-in do not suffice. The page
    must say something: a licence, credit or filing number, or the picture of a licence beside its text.
    """
    data = seen.data
    if not data["home_ok"]:
        return untold(seen, f"The home page answered {data['home_status']}.", f"首页应答为 {data['home_status']}。")
    pictures = {page["url"]: page["images"] for page in data["pages"]}
    for page in data["candidates"]:
        numbers = (*page["credit_codes"], *page["icp_numbers"], *page["registration_numbers"])
        substance = page["visible_length"] >= SUBSTANCE and (numbers or pictures.get(page["url"]))
        titled = {"title", "heading"} & set(page["named_by"])
        if page["status"] == OK and page["depth"] <= CLICKS and titled and substance and not page["asks_password"]:
            shown = ", ".join(numbers[:3]) or "picture"
            return good(
                seen,
                f"{page['url']} publishes the qualifications ({shown}), {page['depth']} click(s) from the home page.",
                f"{page['url']} 公示资质（{shown}），距首页 {page['depth']} 次点击。",
                measured=Measured(metric="clicks_from_home", value=page["depth"], unit="click"),
            )
    unread = next((page for page in data["candidates"] if not page["status"] or page["status"] in _NO_ANSWER), None)
    if unread is not None:
        return untold(
            seen,
            f"{unread['asked_url']}, which speaks of qualifications, could not be read (status {unread['status']}).",
            f"与资质有关的页面 {unread['asked_url']} 无法读取（状态 {unread['status']}）。",
        )
    if data["stopped"] and (data["matching_links_left"] or not data["candidates"]):
        return untold(
            seen,
            f"{len(data['pages'])} pages were looked at, {data['links_left']} links were not ({data['stopped']}).",
            f"已查看 {len(data['pages'])} 个页面，尚有 {data['links_left']} 个链接未查看（{data['stopped']}）。",
        )
    return _lacking(seen)


def _lacking(seen: Observation) -> Verdict:
    pages, candidates = seen.data["pages"], seen.data["candidates"]
    if candidates:
        page = candidates[0]
        return bad(
            seen,
            f"The nearest candidate, {page['url']} (status {page['status']}), "
            "does not publish qualifications to everyone.",
            f"最接近的页面 {page['url']}（状态 {page['status']}）未向公众公示资质。",
            repeat=[f"visitor: GET {page['asked_url']} -> {page['status']} {page['url']}"],
        )
    return bad(
        seen,
        f"Of {len(pages)} pages within two clicks of the home page none is a page of qualifications.",
        f"首页两次点击以内的 {len(pages)} 个页面均不是资质公示专页。",
        repeat=[f"visitor: GET {page['url']} -> {page['status']}" for page in pages[:1]],
    )
