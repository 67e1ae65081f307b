import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.canonical import canonical_bytes
from probes.errors import EvidenceError
from reports.signing import envelope, statement
from reports.signing.envelope import Envelope
from reports.signing.signer import sign
from tests.reports.dossiers import dossier
from tests.reports.signing.shelf import SIGNER, files_of


def test_pae_is_that_of_the_protocol() -> None:
    made = envelope.pae("http://example.com/HelloWorld", b"hello world")

    assert made == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


@settings(deadline=None)
@given(payload=st.binary(max_size=200), signature=st.binary(max_size=70), key_id=st.text(alphabet="0123456789abcdef"))
def test_envelope_round_trip(payload: bytes, signature: bytes, key_id: str) -> None:
    made = Envelope(payload=payload, payload_type=envelope.PAYLOAD_TYPE, key_id=key_id, signature=signature)

    assert envelope.decode(envelope.encode(made)) == made


def test_signing_is_deterministic_and_readable_by_others() -> None:
    whole = dossier()
    raw = sign(files_of(whole), whole.report, SIGNER)

    assert raw == sign(files_of(whole), whole.report, SIGNER)
    record = json.loads(raw)
    assert sorted(record) == ["payload", "payloadType", "signatures"]
    told = json.loads(base64.b64decode(record["payload"]))
    assert told["_type"] == "https://in-toto.io/Statement/v1"
    assert told["predicateType"] == "urn:duheng:report:v1"
    assert [subject["name"] for subject in told["subject"]] == ["bundle.zip", "findings.csv", "report.json"]
    assert record["signatures"][0]["keyid"] == SIGNER.key_id
    SIGNER.public.verify(
        base64.b64decode(record["signatures"][0]["sig"]),
        envelope.pae(record["payloadType"], base64.b64decode(record["payload"])),
    )


GOOD = {
    "payload": "e30=",
    "payloadType": envelope.PAYLOAD_TYPE,
    "signatures": [{"keyid": "k", "sig": "AAA="}],
}


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "e30"},  # padding left out
        {"payload": "e31="},  # trailing bits that base64 ignores
        {"payload": "e3 0="},
        {"payload": "e3\n0="},
        {"payload": "-_=="},  # the URL alphabet
        {"payload": 7},
        {"payloadType": "text/plain"},
        {"payloadType": 7},
        {"signatures": []},
        {"signatures": [{"keyid": "k", "sig": "AAA="}] * 2},
        {"signatures": [{"keyid": "k", "sig": "AAA=", "more": 1}]},
        {"signatures": [{"sig": "AAA="}]},
        {"signatures": "none"},
        {"more": 1},
    ],
)
def test_envelope_with_another_spelling_is_refused(change: dict[str, object]) -> None:
    envelope.decode(canonical_bytes(GOOD))

    with pytest.raises(EvidenceError, match=r"bundle\.dsse\.json"):
        envelope.decode(canonical_bytes({**GOOD, **change}))


def test_envelope_that_is_not_canonical_is_refused() -> None:
    for raw in (b" " + canonical_bytes(GOOD), json.dumps(GOOD).encode(), b"\xff", b"[]", b"", b"[" * 100_000):
        with pytest.raises(EvidenceError, match=r"bundle\.dsse\.json"):
            envelope.decode(raw)


def test_statement_round_trip_and_its_refusals() -> None:
    whole = dossier()
    made = statement.make(files_of(whole), whole.report)
    raw = statement.encode(made)
    assert statement.decode(raw) == made

    record = json.loads(raw)
    twice = {**record, "subject": [*record["subject"], record["subject"][-1]]}
    unsorted = {**record, "subject": record["subject"][::-1]}
    outward = {**record, "subject": [{"name": "../evil", "digest": {"sha256": "0" * 64}}]}
    short = {**record, "subject": [{"name": "a", "digest": {"sha256": "0"}}]}
    other = {**record, "predicateType": "urn:other"}
    wrongs: tuple[object, ...] = (twice, unsorted, outward, short, other, [], {})
    for wrong in wrongs:
        with pytest.raises(EvidenceError, match="statement"):
            statement.decode(canonical_bytes(wrong))
