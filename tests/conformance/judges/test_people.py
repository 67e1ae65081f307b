"""3.2.1 registration, 3.1.3.1 identification, 7.2.3 the own data."""

from typing import Any

import pytest

from tests.conformance.judges.evidence import broken, credential, denied, done
from tests.conformance.judges.ways import Way, all_of, assert_told, drop, put

REGISTER = (
    Way("refused", put("register", denied("form again")), "violates", "form again"),
    Way("broken", put("register", broken()), "violates", "did not come about"),
    Way("nothing after it", all_of(put("register", denied()), drop("log_in"), drop("who_am_i")), "violates"),
    Way("cannot log in", put("log_in", denied()), "violates", "cannot log in"),
    Way("log-in not tried", drop("log_in"), "violates", "cannot log in"),
    Way("logged in and still outside", put("who_am_i", denied()), "violates", "cannot log in"),
    Way("account page broken", all_of(put("who_am_i", broken()), put("recognised", False)), "undetermined"),
    Way("not recognised", put("recognised", False), "undetermined", "does not tell who"),
)


@pytest.mark.parametrize("way", REGISTER, ids=lambda way: way.name)
def test_registration(way: Way) -> None:
    assert_told("SBT-3.2.1-register", "shop.register", way)


def names(first: str, second: str) -> Any:
    """Rename both users, on their pages too."""

    def change(data: dict[str, Any]) -> None:
        data["expected"] = {"buyer_a": first, "buyer_b": second}
        for look in data["asked"]:
            own = data["expected"][look["role"]]
            look["who_am_i"]["outputs"]["email"] = own
            look["text"] = f"Account of {own}"

    return change


IDENTITY = (
    Way("the other is shown", put("asked/2/who_am_i/outputs/email", "b@example.com"), "violates", "another user"),
    Way("both are shown", put("asked/2/who_am_i/outputs/name", "b@example.com"), "violates"),
    Way("the other stands on the page", put("asked/1/text", "b@example.com and a@example.com"), "violates"),
    Way("mixed up though another page broke", all_of(
        put("asked/0/who_am_i", broken()), put("asked/1/who_am_i/outputs/email", "A@EXAMPLE.COM")
    ), "violates"),
    Way("account page unread", put("asked/0/who_am_i", broken()), "undetermined", "cannot be read"),
    Way("nobody is named", all_of(put("asked/0/who_am_i/outputs/email", ""), put("asked/0/text", "")), "undetermined",
        "does not name"),
    Way("nobody was asked for", put("asked", []), "undetermined", "Not every user"),
    Way("the second look is missing", drop("asked/2"), "undetermined", "Not every user"),
    Way("only one was asked for", all_of(*(
        put(f"asked/1/{key}", value) for key, value in (
            ("role", "buyer_a"), ("who_am_i", done(email="a@example.com")), ("text", "a@example.com")
        )
    )), "undetermined", "Not every user"),
    Way("one account", names("a@example.com", "A@example.com"), "undetermined", "one and the same", cause="settings"),
    Way("one name within the other", names("anna@example.com", "susanna@example.com"), "conforms"),
    Way("one domain longer", names("a@example.com", "a@example.com.cn"), "conforms"),
    Way("names that are words", all_of(names("shop", "shopper"), put("asked/1/text", "the shop of shopper")),
        "conforms"),
    Way("names in capitals", names("Anna@Example.com", "bert@example.com"), "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", IDENTITY, ids=lambda way: way.name)
def test_taken_for_themselves(way: Way) -> None:
    assert_told("SBT-3.1.3.1-identified", "shop.identity", way)


CREDENTIALS = (
    Way("let in", put("tries/1", credential("another password", inside=True)), "violates", "another password"),
    Way("let in under another name", put("tries/5", {
        "name": "unknown user", "log_in": done(), "who_am_i": done(email="x"), "inside": False
    }), "violates", "unknown user"),
    Way("inside though told no", put("tries/2/inside", True), "violates", "first half"),
    Way("let in though the right one failed", all_of(
        put("tries/0", credential("right")), put("tries/1", credential("another password", inside=True))
    ), "violates"),
    Way("the right one fails before", put("tries/0", credential("right")), "undetermined", "mean nothing"),
    Way("the right one fails between", put("tries/3", credential("right between")), "undetermined", "mean nothing"),
    Way("locked out afterwards", put("tries/6", credential("right again")), "undetermined", "mean nothing"),
    Way("no last right one", drop("tries/6"), "undetermined", "mean nothing"),
    Way("nothing wrong was tried", put("tries", [credential("right", inside=True)]), "undetermined"),
    Way("nothing was tried", put("tries", []), "undetermined", "mean nothing"),
    Way("neither in nor out", all_of(
        put("tries/1/log_in", broken("503")), put("tries/1/who_am_i", broken())
    ), "undetermined", "503"),
    Way("log-in broke, account page closed", put("tries/1/log_in", broken()), "conforms"),
    Way("log-in told done, account page closed", put("tries/1/log_in", done()), "conforms"),
    Way("log-in told done, account page broke", all_of(
        put("tries/1/log_in", done()), put("tries/1/who_am_i", broken("500"))
    ), "undetermined", "500"),
    Way("refused, and an account page of nobody", put("tries/1/who_am_i", done()), "undetermined"),
)  # fmt: skip


@pytest.mark.parametrize("way", CREDENTIALS, ids=lambda way: way.name)
def test_strangers_are_refused(way: Way) -> None:
    assert_told("SBT-3.1.3.1-identified", "shop.wrong_credentials", way)


VIEW = (
    Way("no pages", put("pages", []), "undetermined", "describes no page", cause="settings"),
    Way("nothing was given", put("shown", {}), "undetermined", cause="settings"),
    Way("all pages denied", put("pages", [denied(), denied("no")]), "violates", "No page shows"),
    Way("phone hidden", put("shown/phone", False), "violates", "phone"),
    Way("nothing shown", put("shown", {"email": False}), "violates", "email"),
    Way("starred out", all_of(put("shown/phone", False), put("starred/phone", True)), "undetermined", "stars"),
    Way("one starred, one hidden", all_of(
        put("shown/phone", False), put("starred/phone", True), put("shown/email", False)
    ), "violates", "email"),
    Way("starred and shown", put("starred/phone", True), "conforms"),
    Way("one page broken, all shown", put("pages/1", broken()), "conforms"),
)  # fmt: skip


@pytest.mark.parametrize("way", VIEW, ids=lambda way: way.name)
def test_view(way: Way) -> None:
    assert_told("SBT-7.2.3-view", "privacy.own_data", way)


MODIFY = (
    Way("no way described", put("change_missing", "the adapter describes none"), "undetermined", cause="settings"),
    Way("not kept", put("changes/2/read_back", False), "violates", "email"),
    Way("refused", all_of(put("changes/2/read_back", False), put("changes/2/done", denied("taken"))), "violates"),
    Way("locked out by the change", put("logged_in_after", False), "violates", "no longer log in"),
    Way("log-in afterwards not told", drop("logged_in_after"), "violates"),
    Way("not shown, so not asked", all_of(put("shown/phone", False), put("changes/3/read_back", False)), "conforms"),
    Way("nothing shown", put("shown", {}), "undetermined", "No field"),
    Way("no changes", put("changes", []), "undetermined", "No field"),
    Way("a field without a way", drop("changes/3"), "undetermined", "phone", cause="settings"),
    Way("pages broke afterwards", all_of(
        put("pages_after", [broken()]), *(put(f"changes/{number}/read_back", False) for number in range(6))
    ), "undetermined", "could not be read"),
)  # fmt: skip


@pytest.mark.parametrize("way", MODIFY, ids=lambda way: way.name)
def test_modify(way: Way) -> None:
    assert_told("SBT-7.2.3-modify", "privacy.own_data", way)
