"""3.1.3.1 unlawful entry avoided: guessed passwords, sessions that are not one's own, credentials given away."""

from typing import Any

import pytest

from conformance.judges.judgement import judge
from reports.verdict import Conforms
from tests.conformance.judges.auth_evidence import answer, opened, reset, shut, wrong
from tests.conformance.judges.evidence import NOW, broken, denied, done, requirement, seen
from tests.conformance.judges.good import GOOD
from tests.conformance.judges.telling import part
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put

CHECK = "SBT-3.1.3.1-no-intrusion"


def tried(count: int, *, right: bool, **more: Any) -> Any:
    """Return a change: so many wrong passwords, and whether the right one opened the account after them."""
    last = (opened if right else shut)(name="right", after=count, asked_to_wait=more.pop("asked", None))
    return all_of(
        put("tries", [wrong(n, **more) for n in range(1, count + 1)]),
        put("rights/1", last),
    )


def silent(ms: int, *, after: int, count: int = 20, usual: int = 20, page_ms: int | None = 10) -> Any:
    """Return a change: twenty tries without a word, the later ones slow, the right password let in at the end."""
    return all_of(
        tried(count, right=True),
        put(
            "tries",
            [
                wrong(n, ms=ms if n > after else usual, page_ms=page_ms if n > after or page_ms is None else 10)
                for n in range(1, count + 1)
            ],
        ),
        put("other_account", None),
        put("home", None),
    )


def runs(*rights: tuple[int, bool]) -> Any:
    """Return a change: after how many wrong passwords in all the right one was tried, and whether it was let in."""
    return all_of(
        put("tries", [wrong(n) for n in range(1, rights[-1][0] + 1)]),
        put("rights", [
            (opened if let_in else shut)(name="right", after=after, asked_to_wait=None)
            for after, let_in in ((0, True), *rights)
        ]),
    )  # fmt: skip


def unknown(**look: Any) -> Any:
    """Return a change: how each refusal of an unknown user looks."""
    return put("unknown/unknown", [answer() | look] * 3)


AWAY = all_of(put("other_account", shut(name="right", after=5, asked_to_wait=None)), put("home", "broken"))
GUESSING = (
    Way("never stopped", tried(20, right=True), "violates", "not even after 20"),
    Way("says so and lets in", all_of(tried(20, right=True), put("tries/4/signals", ["message"])), "violates",
        "though a page says so"),
    Way("stopped late", tried(14, right=False), "violates", "only after 14"),
    Way("stopped at the bound", tried(10, right=False), "conforms", "After 10"),
    Way("by address", put("other_account", shut(name="right", after=5, asked_to_wait=None)), "conforms",
        "other accounts from this address"),
    Way("asked to wait", all_of(AWAY, put("rights/1/asked_to_wait", "status 429")), "conforms", "status 429"),
    Way("everybody is asked to wait", all_of(
        AWAY, put("home", "denied"), put("rights/1/asked_to_wait", "status 429")
    ), "conforms", "so it does of who asks for its home page"),
    Way("slower and slower", silent(1500, after=6), "conforms", "answered late"),
    Way("slow, and its pages too", silent(2000, after=6, usual=900, page_ms=30), "violates", "not even"),
    Way("slow, and no pages", silent(2500, after=6, usual=900, page_ms=None), "violates", "not even"),
    Way("very slow, and no pages", silent(3500, after=6, usual=900, page_ms=None), "conforms", "answered late"),
    Way("slow in the end only", silent(1500, after=15), "violates", "only after 16"),
    Way("one slow answer", silent(1500, after=19), "violates", "not even"),
    Way("a little slower", silent(500, after=5), "violates", "not even"),
    Way("away at the end", AWAY, "undetermined", "is away"),
    Way("told in, page broke", all_of(put("rights/1/log_in", done()), put("rights/1/who_am_i", broken())),
        "undetermined", "is away"),
    Way("the right one failed before", put("rights/0/inside", False), "undetermined", "beforehand"),
    Way("a wrong one opened it", put("tries/2/inside", True), "undetermined", "SBT-3.1.3.1-identified"),
    Way("neither in nor out", put("tries/2/log_in", broken("the form again")), "undetermined", "the form again"),
    Way("not plainly refused, and outside", all_of(
        put("tries/2/log_in", broken()), put("tries/2/who_am_i", denied())
    ), "conforms"),
    Way("too few", tried(7, right=True), "undetermined", "Too few"),
    Way("nothing tried", all_of(put("tries", []), put("rights", [])), "undetermined"),
    Way("unknown user in other words", put("unknown/unknown", [answer("no such user")] * 3), "violates",
        "the text differs"),
    Way("unknown user by another status", unknown(status=404), "violates", "the status differs"),
    Way("unknown user sent elsewhere", unknown(location="/register/"), "violates", "the location differs"),
    Way("unknown user by a parameter", unknown(location_sha256="?e=2"), "violates", "the location differs"),
    Way("unknown user by a figure", unknown(exact_sha256="1002"), "violates", "the text differs"),
    Way("unknown user by a cookie", unknown(cookies=[]), "violates", "the cookies differs"),
    Way("differs by chance", put("unknown/unknown/1", answer("advertisement")), "conforms"),
    Way("compared once", put("unknown/unknown", [answer("no such user")]), "conforms", "Not looked at: whether"),
    Way("not compared", all_of(put("unknown/unknown", []), put("unknown/known", [])), "conforms",
        "Not looked at: whether"),
    Way("warned, then locked after eight more", runs((3, True), (11, False)), "conforms", "After 8"),
    Way("warned, then let in after ten more", runs((3, True), (13, True), (20, False)), "violates",
        "not even after 10"),
    Way("warned twice, nothing more", runs((6, True), (12, True), (20, True)), "undetermined", "Too few"),
    Way("let in after ten, locked after ten more", runs((10, True), (20, False)), "violates", "not even after 10"),
    Way("the other account never opened", all_of(
        put("other_account", shut(name="right", after=5, asked_to_wait=None)),
        put("other_before", shut(name="right", after=0, asked_to_wait=None)),
    ), "conforms", "After 5 wrong passwords the right one is refused as well."),
)  # fmt: skip


@pytest.mark.parametrize("way", GUESSING, ids=lambda way: way.name)
def test_guessing_is_stopped(way: Way) -> None:
    assert_told(CHECK, "auth.brute_force", way)


NO_CHANGE = {"tried": False, "lacks": "journey", "why": "the adapter describes no change_password journey"}
SESSIONS = (
    Way("fixation", put("replayed/0", opened(log_in=False, name="before log-in")), "violates",
        "from before the log-in"),
    Way("planted", put("replayed/1", opened(log_in=False, name="planted")), "violates", "never gave out"),
    Way("guessed", put("replayed/3/inside", True), "violates", "one character changed"),
    Way("guessed somebody else's", put("replayed/4/who_am_i", done(email="z@example.com")), "violates", "made up"),
    Way("outlives its log-out", put("replayed/7", opened(log_in=False, name="kept after log-out")), "violates",
        "lives on"),
    Way("comes back to life", put("replayed/8", opened(log_in=False, name="kept after next log-in")), "violates",
        "comes alive again"),
    Way("coming back not seen", drop("replayed/8"), "undetermined", "neither refused"),
    Way("always the same id", put("ids/distinct", 1), "undetermined", "one and the same id"),
    Way("one session at a time", put("change/replayed/0", shut(log_in=False, name="other session before")), "conforms",
        "no second session stayed open"),
    Way("none before the log-in", drop("replayed/0"), "conforms", "Not looked at: an id from before the log-in"),
    Way("a token cannot be planted", all_of(drop("replayed/1"), put("carried_by", ["bearer token"])), "conforms",
        "becomes a session. A changed"),
    Way("nothing planted", drop("replayed/1"), "conforms", "Not looked at: a planted id"),
    Way("a guess of another kind", put("replayed/4", opened(log_in=False, name="guess: by birthday")), "violates",
        "by birthday"),
    Way("outlives the password", put("change/replayed/1", opened(log_in=False, name="other session after")),
        "violates", "another session"),
    Way("the password did not change", all_of(
        put("change/replayed/1", opened(log_in=False, name="other session after")),
        put("change/passwords/0", shut(name="new password")),
    ), "conforms", "Not looked at: password change"),
    Way("no journey for passwords", put("change", NO_CHANGE), "conforms", "no change_password journey"),
    Way("reset works", put("reset", reset()), "conforms", "A reset link works once"),
    Way("reset not looked at", put("reset/why", "no mailbox"), "conforms", "password reset (no mailbox)"),
    Way("reset twice", put("reset", reset(second=True)), "violates", "twice"),
    Way("reset at the second try alone", put("reset", reset(first=False, second=True)), "conforms",
        "password reset ("),
    Way("reset beside the old one", put("reset", reset(before=True)), "violates", "old password"),
    Way("reset by four digits", all_of(put("reset", reset()), put("reset/mailed/bits", 13.3)), "violates", "13.3 bit"),
    Way("reset did nothing", put("reset", reset(first=False, before=True)), "conforms", "password reset ("),
    Way("counted", all_of(put("ids/sequential", True), put("ids/largest_step", 2)), "violates", "counted up"),
    Way("short", put("ids/bits", 32.0), "violates", "at most 32 bit"),
    Way("no ids", put("ids", None), "undetermined", "Too few session ids"),
    Way("carried by nothing known", put("carried_by", []), "undetermined", "No cookie or token"),
    Way("control fails", put("replayed/2", shut(log_in=False, name="control")), "undetermined", "mean nothing"),
    Way("ends in the middle", put("replayed/5", shut(log_in=False, name="control after guesses")), "undetermined",
        "mean nothing"),
    Way("kept ones did not work", put("replayed/6", shut(log_in=False, name="kept before log-out")), "undetermined"),
    Way("guess broke", put("replayed/3/who_am_i", broken("500")), "undetermined", "500"),
    Way("no log-out", put("log_out", broken("no such button")), "undetermined", "no such button"),
    Way("ended one broke", put("replayed/7/who_am_i", broken()), "undetermined", "neither refused"),
    Way("nothing replayed", put("replayed", []), "undetermined"),
)  # fmt: skip


@pytest.mark.parametrize("way", SESSIONS, ids=lambda way: way.name)
def test_sessions_are_kept(way: Way) -> None:
    assert_told(CHECK, "auth.sessions", way)


def leak(what: str) -> list[dict[str, str]]:
    return [{"what": what, "where": "/account/", "request": "buyer_a: GET /account/ -> 200"}]


COOKIES = (
    Way("no Secure", put("cookies/0/secure", False), "violates", "lacks Secure"),
    Way("plain http entry", all_of(put("cookies/0/secure", False), put("cookies/0/over_tls", False)), "conforms"),
    Way("no HttpOnly", put("cookies/0/httponly", False), "violates", "lacks HttpOnly"),
    Way("no SameSite", put("cookies/0/samesite", None), "violates", "lacks SameSite"),
    Way("SameSite None", put("cookies/0/samesite", "None"), "violates", "lacks SameSite"),
    Way("strict, in capitals", put("cookies/0/samesite", "STRICT"), "conforms"),
    Way("bearer token alone", all_of(put("carried_by", ["bearer token"]), put("cookies", [])), "conforms", "bearer"),
    Way("cookie never seen set", put("cookies", []), "undetermined", "was not seen"),
    Way("nothing carries it", put("carried_by", []), "undetermined", "No cookie or token"),
    Way("id in an address", put("in_urls", leak("session id (sid)")), "violates", "session id stands in an address"),
    Way("password in an answer", put("in_answers", leak("password")), "violates", "password in clear"),
    Way("hash in an answer", put("in_answers", leak("bcrypt")), "violates", "hash (bcrypt)"),
    Way("own pages not read", all_of(put("read", []), put("unread", ["who_am_i"])), "undetermined", "could be read"),
    Way("some pages not read", put("unread", ["read_profile"]), "conforms", "Not looked at: read_profile"),
    Way("no answers", put("answers", 0), "undetermined", "No answer"),
)


@pytest.mark.parametrize("way", COOKIES, ids=lambda way: way.name)
def test_nothing_is_given_away(way: Way) -> None:
    assert_told(CHECK, "auth.cookies", way)


RECOGNISED = (
    Way("old password too", put("change/passwords/1", opened(name="old password")), "violates", "old one still opens"),
    Way("no change", put("change", NO_CHANGE), "conforms", "Not looked at: password change"),
    Way("change refused", all_of(
        put("change/changed", denied("too weak")), put("change/passwords/0", shut(name="new password")),
        put("change/passwords/1", opened(name="old password")),
    ), "conforms", "too weak"),
    Way("one log-in was not", put("log_ins/1/inside", False), "undetermined", "Not every"),
    Way("none", put("log_ins", []), "undetermined"),
)  # fmt: skip


@pytest.mark.parametrize("way", RECOGNISED, ids=lambda way: way.name)
def test_recognised_each_time(way: Way) -> None:
    assert_told("SBT-3.1.3.1-identified", "auth.sessions", way)


def test_timing_is_told_and_not_judged() -> None:
    data = GOOD["auth.brute_force"]()
    data["unknown"]["ms"] = {"known": 900, "unknown": 3}
    verdict = judge(requirement(CHECK), part(CHECK, "auth.brute_force"), [seen("auth.brute_force", data)], {}, NOW)
    assert isinstance(verdict, Conforms)
    assert "900 ms" in verdict.reason.en
    data["unknown"]["ms"]["unknown"] = None
    verdict = judge(requirement(CHECK), part(CHECK, "auth.brute_force"), [seen("auth.brute_force", data)], {}, NOW)
    assert isinstance(verdict, Conforms)
    assert "900 ms" not in verdict.reason.en
