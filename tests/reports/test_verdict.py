"""The lattice of verdicts: its laws, by properties."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.errors import CAUSES
from reports.verdict import (
    ACCEPTABLE,
    NOTHING_JUDGED,
    Conforms,
    NotApplicable,
    Text,
    Undetermined,
    Verdict,
    Violates,
    merge_all,
    merge_any,
    rank,
    word,
    worse,
)

_texts = st.text(max_size=5).map(lambda words: Text(zh=words, en=words))
_ids = st.lists(st.sampled_from(["sha256:a", "sha256:b", "sha256:c"]), max_size=3, unique=True).map(tuple)
VERDICTS = st.one_of(
    st.builds(Conforms, reason=_texts, observations=_ids),
    st.builds(Violates, reason=_texts, observations=_ids),
    st.builds(Undetermined, reason=_texts, observations=_ids, cause=st.sampled_from(CAUSES)),
    st.builds(NotApplicable, reason=_texts, observations=_ids),
)
MANY = st.lists(VERDICTS, max_size=6)


@given(VERDICTS, VERDICTS)
def test_the_worse_of_two_is_the_same_in_rank_either_way(left: Verdict, right: Verdict) -> None:
    assert rank(worse(left, right)) == rank(worse(right, left)) == max(rank(left), rank(right))
    assert worse(left, right) in (left, right)


@given(VERDICTS, VERDICTS, VERDICTS)
def test_the_worse_is_associative(first: Verdict, second: Verdict, third: Verdict) -> None:
    assert worse(worse(first, second), third) == worse(first, worse(second, third))


@given(VERDICTS)
def test_the_worse_is_idempotent_and_ties_keep_the_left(verdict: Verdict) -> None:
    assert worse(verdict, verdict) is verdict


def test_violates_outranks_undetermined_outranks_conforms_outranks_not_applicable() -> None:
    text = Text(zh="", en="")
    chain: list[Verdict] = [
        NotApplicable(reason=text),
        Conforms(reason=text, observations=()),
        Undetermined(reason=text, cause="permission"),
        Undetermined(reason=text, cause="target"),
        Violates(reason=text, observations=()),
    ]
    for low, high in itertools.combinations(chain, 2):
        assert worse(low, high) is high
        assert worse(high, low) is high


@given(MANY)
def test_all_of_them_is_the_highest_rank_with_every_observation(verdicts: list[Verdict]) -> None:
    merged = merge_all(verdicts)
    if not verdicts:
        assert merged == NOTHING_JUDGED
        return
    assert rank(merged) == max(map(rank, verdicts))
    assert set(merged.observations) == {one for verdict in verdicts for one in verdict.observations}
    assert len(merged.observations) == len(set(merged.observations))
    assert merged.reason in [verdict.reason for verdict in verdicts if rank(verdict) == rank(merged)]


@given(MANY)
def test_order_changes_who_speaks_and_nothing_else(verdicts: list[Verdict]) -> None:
    for merge in (merge_all, merge_any):
        there, back = merge(verdicts), merge(reversed(verdicts))
        assert word(there) == word(back)
        assert rank(there) == rank(back)
        assert set(there.observations) == set(back.observations)


@given(MANY, MANY)
def test_merging_in_groups_is_merging_at_once(left: list[Verdict], right: list[Verdict]) -> None:
    if not (left and right):
        return
    for merge in (merge_all, merge_any):
        grouped, at_once = merge([merge(left), merge(right)]), merge([*left, *right])
        assert rank(grouped) == rank(at_once)
        assert set(grouped.observations) == set(at_once.observations)
    # All of them: the same one speaks as well.
    assert merge_all([merge_all(left), merge_all(right)]).reason == merge_all([*left, *right]).reason


@given(MANY)
def test_of_any_one_that_conforms_decides(verdicts: list[Verdict]) -> None:
    merged, words = word(merge_any(verdicts)), {word(verdict) for verdict in verdicts}
    order = ("conforms", "undetermined", "violates", "not_applicable")
    assert merged == next((one for one in order if one in words), "undetermined")


@given(MANY)
def test_nothing_undetermined_is_lost_for_a_cause_that_may_be_accepted(verdicts: list[Verdict]) -> None:
    for merge in (merge_all, merge_any):
        merged = merge(verdicts)
        if isinstance(merged, Undetermined) and verdicts and merged.cause in ACCEPTABLE:
            assert all(not isinstance(one, Undetermined) or one.cause in ACCEPTABLE for one in verdicts)


@pytest.mark.parametrize("merge", [merge_all, merge_any])
def test_nothing_judged_is_undetermined_and_nobody_may_accept_it(merge: object) -> None:
    assert callable(merge)
    merged = merge(())
    assert isinstance(merged, Undetermined)
    assert merged.cause not in ACCEPTABLE


@given(MANY)
def test_merging_is_pure(verdicts: list[Verdict]) -> None:
    assert merge_all(verdicts) == merge_all(verdicts)
    assert merge_any(verdicts) == merge_any(verdicts)
