import hashlib
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from probes.canonical import freeze
from probes.errors import Garbage, TargetAway, TimedOut
from probes.look import Seen
from probes.target import Endpoint
from probes.tls_trust import PROBE, _chain_problems, subjects
from tests.contracts.http_port import target_for
from tests.miniatures import bad_servers, certificates
from tests.miniatures.bad_servers import always, answer, serving
from tests.probes.looking import looking

HSTS = "Strict-Transport-Security: max-age=31536000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def authority(folder: Path) -> certificates.Authority:
    return certificates.Authority(folder)


def look_at(
    issued: certificates.Issued, folder: Path, *, ca_file: Path | None, reply: bytes = answer(b"ok", HSTS)
) -> Seen:
    with serving(always(reply), context=issued.server_context(folder)) as server:
        return PROBE.look(looking(target_for(server.url, ca_file=ca_file), server.url))


def test_a_good_certificate(authority: certificates.Authority, folder: Path) -> None:
    issued = authority.good(days=90)
    seen = look_at(issued, folder, ca_file=authority.file)
    data = seen.data
    freeze(data)
    assert (data["speaks_tls"], data["negotiated"], data["trusted"], data["problems"]) == (True, True, True, [])
    assert data["protocol"] == "TLSv1.3"
    assert data["secret_bits"] >= 128
    assert not data["prohibited_suite"]
    assert (data["name_matches"], data["chain_complete"], data["self_signed"]) == (True, True, False)
    assert 89 * 86400 < data["expires_in_s"] <= 90 * 86400
    assert (data["hsts"], data["hsts_status"], data["hsts_error"]) == ("max-age=31536000", 200, None)
    (leaf,) = data["chain"]
    assert (leaf["subject"], leaf["sans"], leaf["key_type"]) == ("CN=shop", ["localhost", "127.0.0.1"], "EC secp256r1")
    assert leaf["signature_hash"] == "sha256"
    assert hashlib.sha256(seen.attachments[0]).hexdigest() == leaf["sha256"]


@pytest.mark.parametrize(
    ("kind", "problems"),
    [("expired", ["expired"]), ("not_yet", ["not-yet-valid"]), ("wrong_host", ["wrong-host"])],
)
def test_what_is_wrong_is_told_precisely(
    authority: certificates.Authority, folder: Path, kind: str, problems: list[str]
) -> None:
    data = look_at(getattr(authority, kind)(), folder, ca_file=authority.file).data
    assert (data["trusted"], data["problems"], data["chain_complete"]) == (False, problems, True)
    assert data["verify_error"]
    assert data["protocol"] == "TLSv1.3"
    assert (data["hsts"], data["hsts_status"]) == (None, None)
    assert "not trusted" in data["hsts_error"]


def test_several_things_wrong_are_all_told(authority: certificates.Authority, folder: Path) -> None:
    data = look_at(authority.expired("other.example"), folder, ca_file=None).data
    assert data["problems"] == ["expired", "wrong-host", "untrusted", "incomplete-chain"]
    assert data["expires_in_s"] < 0


def test_self_signed(folder: Path) -> None:
    data = look_at(certificates.self_signed(), folder, ca_file=None).data
    assert (data["problems"], data["self_signed"]) == (["self-signed"], True)


def test_a_self_signed_one_that_is_declared_as_anchor_is_trusted(folder: Path) -> None:
    issued = certificates.self_signed()
    (folder / "own.pem").write_bytes(issued.server_pem())
    assert look_at(issued, folder, ca_file=folder / "own.pem").data["trusted"]


def test_a_missing_link(authority: certificates.Authority, folder: Path) -> None:
    data = look_at(authority.intermediate(send=False), folder, ca_file=authority.file).data
    assert (data["problems"], data["chain_complete"]) == (["untrusted", "incomplete-chain"], False)


def test_the_whole_chain(authority: certificates.Authority, folder: Path) -> None:
    seen = look_at(authority.intermediate(send=True), folder, ca_file=authority.file)
    assert seen.data["trusted"]
    assert [each["subject"] for each in seen.data["chain"]] == ["CN=shop", "CN=Duheng test link"]
    assert len(seen.attachments) == 2


def test_a_link_that_ran_out(authority: certificates.Authority, folder: Path) -> None:
    data = look_at(authority.expired_link(), folder, ca_file=authority.file).data
    assert (data["trusted"], data["problems"]) == (False, ["expired"])


def test_what_is_sent_along_needlessly_may_have_run_out(authority: certificates.Authority, folder: Path) -> None:
    data = look_at(authority.crossed(), folder, ca_file=authority.file).data
    assert (data["trusted"], data["problems"], len(data["chain"])) == (True, [], 3)


def test_a_whole_chain_of_an_unknown_authority(authority: certificates.Authority, folder: Path) -> None:
    data = look_at(authority.intermediate(send=True), folder, ca_file=None).data
    assert (data["problems"], data["chain_complete"]) == (["untrusted"], True)


def test_an_rsa_key(authority: certificates.Authority, folder: Path) -> None:
    (leaf,) = look_at(authority.rsa(), folder, ca_file=authority.file).data["chain"]
    assert (leaf["key_type"], leaf["key_bits"]) == ("RSA", 2048)


def test_no_hsts_is_null(authority: certificates.Authority, folder: Path) -> None:
    data = look_at(authority.good(), folder, ca_file=authority.file, reply=answer(b"ok")).data
    assert (data["hsts"], data["hsts_status"]) == (None, 200)


@pytest.mark.filterwarnings("ignore:ssl.OP_NO_:DeprecationWarning")
def test_an_old_protocol_is_seen_though_no_ordinary_client_takes_it(
    authority: certificates.Authority, folder: Path
) -> None:
    context = authority.good().server_context(folder)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= ssl.OP_NO_TLSv1_2 | ssl.OP_NO_TLSv1_3
    context.set_ciphers("ALL:@SECLEVEL=0")
    with serving(always(answer()), context=context) as server:
        data = PROBE.look(looking(target_for(server.url, ca_file=authority.file), server.url)).data
    assert (data["protocol"], data["negotiated"], data["trusted"]) == ("TLSv1.1", False, False)
    assert data["refusal"]


def test_no_tls_at_all() -> None:
    with serving(always(answer())) as server:
        url = f"https://127.0.0.1:{server.port}/"
        data = PROBE.look(looking(target_for(url), url)).data
    assert data["speaks_tls"] is False
    assert "not in TLS" in data["answer"]
    assert data["answer"].endswith("in clear it answers 200")


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"220 mail.example ESMTP\r\n", b"\x00" * 40])
def test_another_protocol_is_no_shop_without_encryption(greeting: bytes) -> None:
    with serving(always(greeting, close=True)) as server:
        url = f"https://127.0.0.1:{server.port}/"
        with pytest.raises(Garbage, match=r"neither in TLS .* nor in HTTP"):
            PROBE.look(looking(target_for(url), url))


def test_a_server_that_hangs_up() -> None:
    with serving(bad_servers.closes_after_request) as server:
        url = f"https://127.0.0.1:{server.port}/"
        with pytest.raises(TargetAway):
            PROBE.look(looking(target_for(url), url))


def test_a_server_that_never_answers() -> None:
    with serving(bad_servers.never_answers) as server:
        url = f"https://127.0.0.1:{server.port}/"
        with pytest.raises(TimedOut):
            PROBE.look(looking(target_for(url), url, seconds=0.4))


def test_a_handshake_alert_is_no_violation_but_ignorance() -> None:
    # A TLS alert, handshake_failure: what a server says that wants something this machine does not speak.
    with serving(always(b"\x15\x03\x03\x00\x02\x02\x28", close=True)) as server:
        url = f"https://127.0.0.1:{server.port}/"
        with pytest.raises(TargetAway, match="nothing that this machine speaks"):
            PROBE.look(looking(target_for(url), url))


def test_a_port_that_refuses() -> None:
    with bad_servers.refusing() as port:
        url = f"https://127.0.0.1:{port}/"
        with pytest.raises(TargetAway):
            PROBE.look(looking(target_for(url), url))


def test_without_an_https_endpoint_the_base_url_is_the_subject_and_speaks_no_tls() -> None:
    with serving(bad_servers.gb18030_page) as server:
        target = target_for(server.url)
        assert subjects(target) == (server.url,)
        seen = PROBE.look(looking(target, server.url))
    assert seen.data["speaks_tls"] is False
    assert seen.data["answer"] == "the target declares no https endpoint; over http it answers 200"


def test_subjects_are_the_https_endpoints() -> None:
    urls = ("https://a.example", "http://a.example", "https://b.example", "https://a.example")
    target = replace(target_for("https://a.example"), endpoints=tuple(Endpoint(url=url) for url in urls))
    assert subjects(target) == ("https://a.example", "https://b.example")


@pytest.mark.parametrize(
    ("code", "sent", "problems"),
    [
        (0, 1, []),
        (10, 1, []),
        (62, 1, []),
        (18, 1, ["self-signed"]),
        (19, 2, ["untrusted"]),
        (20, 1, ["untrusted", "incomplete-chain"]),
        (20, 2, ["untrusted"]),
        (66, 1, ["weak-certificate"]),
        (26, 1, ["refused"]),
    ],
)
def test_codes_of_openssl(code: int, sent: int, problems: list[str]) -> None:
    assert _chain_problems(sent, code) == problems


def test_expiry_counts_from_the_clock_that_is_given(authority: certificates.Authority, folder: Path) -> None:
    class Later:
        offset_s = None

        def now(self) -> datetime:
            return datetime(2100, 1, 1, tzinfo=UTC)

        def monotonic_s(self) -> float:
            return 0.0

    with serving(always(answer()), context=authority.good().server_context(folder)) as server:
        data = PROBE.look(looking(target_for(server.url, ca_file=authority.file), server.url, clock=Later())).data
    assert data["problems"] == ["expired"]
