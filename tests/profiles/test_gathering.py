"""Seconds of several workers put together: whatever the order they come in, all that was counted is there once."""

from hypothesis import given
from hypothesis import strategies as st

from profiles.gathering import Gathering
from profiles.tally import Slice


def counted(started: int) -> Slice:
    return Slice(started=started, in_flight=1)


@given(
    lengths=st.lists(st.integers(min_value=0, max_value=5), min_size=1, max_size=4),
    data=st.data(),
)
def test_nothing_is_left_out_and_nothing_comes_twice(lengths: list[int], data: st.DataObject) -> None:
    gathering = Gathering(len(lengths))
    told = dict.fromkeys(range(len(lengths)), 0)
    seconds: list[tuple[int, int]] = []
    while gathering.there:
        worker = data.draw(st.sampled_from(sorted(gathering.there)))
        if told[worker] < lengths[worker]:
            gathering.tell(worker, told[worker], counted(10**worker), float(worker))
            told[worker] += 1
        else:
            gathering.gone(worker)
        seconds += [(second, part.started) for second, part, _cpu in gathering.take()]
    assert seconds == [
        (second, sum(10**worker for worker, length in enumerate(lengths) if second < length))
        for second in range(max(lengths))
    ]


def test_a_second_waits_for_every_worker() -> None:
    gathering = Gathering(2)
    gathering.tell(0, 0, counted(1), 50.0)
    assert list(gathering.take()) == []
    gathering.tell(1, 0, counted(2), 60.0)
    [(second, part, cpu)] = gathering.take()
    assert (second, part.started, part.in_flight, cpu) == (0, 3, 2, (50.0, 60.0))


def test_who_is_gone_is_waited_for_no_more_and_tells_nothing_more() -> None:
    gathering = Gathering(2)
    gathering.tell(0, 0, counted(1), 50.0)
    gathering.gone(1)
    assert [(second, cpu) for second, _part, cpu in gathering.take()] == [(0, (50.0, None))]
    gathering.tell(1, 1, counted(1), 50.0)
    gathering.gone(0)
    assert list(gathering.take()) == []


def test_what_is_told_twice_counts_once() -> None:
    gathering = Gathering(1)
    gathering.tell(0, 0, counted(1), 1.0)
    gathering.tell(0, 0, counted(7), 1.0)
    assert [part.started for _second, part, _cpu in gathering.take()] == [1]
    gathering.tell(0, 0, counted(7), 1.0)
    assert list(gathering.take()) == []
