"""The attack set as data: each number once, each request with its own id, in an order of its own."""

from conformance.drilling.attack_rows import ATTACKS
from conformance.drilling.sending_attacks import Place, attacking, innocent
from profiles.drills.attack_set import FIRST, LAST

AT = Place(netloc="shop.example", path="/", mark="duheng-run")


def test_every_attack_has_a_number_of_its_own_and_says_who_describes_it() -> None:
    numbers = [each.number for each in ATTACKS]
    assert numbers == sorted(set(numbers))
    assert not {FIRST, LAST} & set(numbers)
    assert all(each.note and len(each.number) == 2 for each in ATTACKS)


def test_every_request_is_one_whose_first_line_bears_its_id_and_no_other() -> None:
    for each in ATTACKS:
        head, _, body = attacking(AT, each).partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        assert first.count("duheng-run-") == first.count(f"duheng-run-{each.number}") == 1
        assert first.split(" ")[0] == ("POST" if each.where == "body" else "GET")
        assert len(first.split(" ")) == 3  # what it carries breaks nothing off
        assert all(": " in line for line in lines)
        assert (b"duheng_q=" in body) == (each.where == "body")
    assert b"GET /?duheng=duheng-run-00 HTTP/1.1\r\n" in innocent(AT, FIRST)


def test_nothing_of_it_could_change_anything() -> None:
    dangerous = ("drop ", "delete ", "insert ", "update ", "rm ", "wget ", "curl ", "exec", "passwd", "shadow", "sleep")
    assert not [each for each in ATTACKS if any(word in each.text.lower() for word in dangerous)]
