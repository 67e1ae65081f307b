"""Who buys at the same time, and how often; the passwords that nobody keeps."""

import string

from hypothesis import given
from hypothesis import strategies as st

from profiles.locustfiles.accounts import Accounts, Orders
from profiles.passwords import derived_password

NAMES = ("a", "b", "c")


def test_an_order_has_an_account_to_itself_until_it_gives_it_back() -> None:
    accounts = Accounts(NAMES)
    taken = [accounts.take() for _ in range(4)]
    assert sorted(name for name in taken if name) == ["a", "b", "c"]
    assert taken[3] is None
    accounts.give_back("b")
    assert accounts.take() == "b"


def test_readers_go_where_nobody_is_and_share_only_where_they_must() -> None:
    accounts = Accounts(NAMES)
    bought = accounts.take()
    read = [accounts.begin_reading() for _ in range(2)]
    assert bought not in read
    assert len(set(read)) == 2
    assert len({accounts.begin_reading() for _ in range(3)}) == 3


def test_an_order_goes_where_nobody_reads() -> None:
    accounts = Accounts(NAMES)
    read = [accounts.begin_reading() for _ in range(2)]
    assert accounts.take() not in read
    accounts.end_reading(read[0])
    assert accounts.take() == read[0]


def test_an_untidy_cart_is_told_once() -> None:
    accounts = Accounts(NAMES)
    accounts.leave_untidy("a")
    assert [accounts.untidy("a"), accounts.untidy("a"), accounts.untidy("b")] == [True, False, False]


def test_no_accounts_are_no_room_but_an_answer() -> None:
    assert not Accounts(())
    assert Accounts(()).take() is None


def test_orders_that_were_not_tried_may_be_tried_by_others() -> None:
    orders = Orders(2)
    assert [orders.reserve() for _ in range(3)] == [True, True, False]
    orders.give_back()
    assert [orders.reserve(), orders.reserve()] == [True, False]


@given(st.text(min_size=1), st.text())
def test_a_password_is_always_the_same_and_what_rules_ask_for(secret: str, username: str) -> None:
    password = derived_password(secret, username)
    assert password == derived_password(secret, username)
    assert len(password) == 24
    for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-"):
        assert set(password) & set(kind)


@given(st.text(min_size=1), st.text(), st.text())
def test_accounts_have_different_passwords(secret: str, one: str, other: str) -> None:
    assert (derived_password(secret, one) == derived_password(secret, other)) == (one == other)
    assert derived_password(secret, one) != derived_password(f"{secret}x", one)
