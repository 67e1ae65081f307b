"""A certificate that has run out, on a real server that serves it."""

import os
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from profiles.drills.deadman import HELD
from tests.awaiting import until
from tests.miniatures.certificates import Authority, Issued, key_pem
from tests.probes.backups.asking import needs
from tests.profiles.drills.drilled import Drilled, drilled
from tests.profiles.drills.host import PATIENCE_S

pytestmark = pytest.mark.integration
CONFIG = """
daemon off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name other.example;
    ssl_certificate {folder}/other.pem; ssl_certificate_key {folder}/other.key;
  }}
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name www.shop.example;
    ssl_certificate {folder}/live/shop.pem; ssl_certificate_key {folder}/shop.key;
  }}
}}
"""


@dataclass(frozen=True, kw_only=True)
class Served:
    """An nginx with two names at one address; the certificate of the second is a link, as Let's Encrypt lays it."""

    folder: Path
    port: int
    authority: Authority
    issued: Issued

    @property
    def certificate(self) -> Path:
        return self.folder / "live" / "shop.pem"

    def drill(self, **changed: Any) -> Drilled:
        reload = ["nginx", "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"), "-s", "reload"]
        entry = {
            "certificate": str(self.certificate),
            "key": str(self.folder / "shop.key"),
            "port": self.port,
            "reload": reload,
        }
        return drilled("certificate-expired", entry | changed, self.folder)

    def shown(self) -> x509.Certificate:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as plain,
            context.wrap_socket(plain, server_hostname="www.shop.example") as wrapped,
        ):
            found = wrapped.getpeercert(binary_form=True)
        assert found is not None
        return x509.load_der_x509_certificate(found)

    def trusted(self) -> bool:
        context = ssl.create_default_context(cafile=str(self.authority.file))
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as plain:
            try:
                context.wrap_socket(plain, server_hostname="www.shop.example").close()
            except ssl.SSLCertVerificationError:
                return False
        return True

    def files(self) -> dict[str, tuple[int, int, bytes]]:
        """Return what lies about: name, mode, owner, content of each file of certificates and keys."""
        found = {}
        for path in (*self.folder.glob("*.pem"), *self.folder.glob("*.key"), *(self.folder / "live").iterdir()):
            status = path.lstat()
            found[path.name] = (status.st_mode, status.st_uid, path.read_bytes())
        return found


def listens(port: int) -> bool:
    with socket.socket() as asked:
        asked.settimeout(PATIENCE_S)
        return asked.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    needs(("nginx", "nginx-light"), ("openssl", "openssl"))
    authority = Authority(folder)
    shop, other = authority.good("*.shop.example", "shop.example"), authority.good("other.example")
    (folder / "live").mkdir()
    (folder / "archive.pem").write_bytes(shop.server_pem() + authority.file.read_bytes())
    (folder / "archive.pem").chmod(0o640)
    (folder / "live" / "shop.pem").symlink_to("../archive.pem")
    (folder / "other.pem").write_bytes(other.server_pem())
    for name, issued in (("shop", shop), ("other", other)):
        (folder / f"{name}.key").write_bytes(key_pem(issued.key))
        (folder / f"{name}.key").chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(user + CONFIG.format(folder=folder, port=port))
    words = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as server:
        try:
            until(lambda: server.poll() is None and listens(port), "nginx listens", alive=server)
            yield Served(folder=folder, port=port, authority=authority, issued=shop)
        finally:
            server.terminate()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as found:
        yield found


def test_what_is_served_has_run_out_and_is_good_again(served: Served) -> None:
    before = served.files()
    assert served.trusted()
    with served.drill() as run:
        run.arm()
        assert run.inject() == (0, "")
        status, said = run.effect()
        assert (status, said.startswith(f"127.0.0.1:{served.port} serves a certificate that ran out on ")) == (0, True)
        shown = served.shown()
        assert not served.trusted()
        assert shown.not_valid_after_utc < datetime.now(UTC)
        assert shown.subject == served.issued.certificate.subject == shown.issuer
        names = [
            each.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            for each in (shown, served.issued.certificate)
        ]
        assert names[0] == names[1]
        assert shown.public_key() == served.issued.key.public_key()
        assert served.certificate.stat().st_mode & 0o777 == 0o640
        noted = [path.read_bytes() for path in Path(run.place.folder).iterdir() if path.suffix != ".sh"]
        assert b"PRIVATE" not in b"".join(noted)
        assert run.healed()[0] == 1
        assert run.heal()[0] == 0
        assert served.trusted()
        assert (run.revert(), run.healed()[0]) == (0, 0)
        run.done()
    assert served.files() == before
    assert served.certificate.is_symlink()


def test_a_server_that_does_not_load_it_anew_shows_no_effect(served: Served) -> None:
    before = served.files()
    with served.drill(reload=["false"]) as run:
        run.arm()
        assert run.inject()[0] == 0
        status, said = run.effect()
        assert (status, "still serves a certificate that is valid until" in said) == (1, True)
        run.done()
    assert served.files() == before


def test_nobody_comes_back_so_the_dead_man_puts_it_back(served: Served) -> None:
    before = served.files()
    with served.drill() as run:
        run.arm(seconds=10)
        assert run.inject()[0] == 0
        run.wait_for_the_dead_man()
        assert served.trusted()
    assert served.files() == before


def test_a_revert_that_breaks_off_before_the_server_knows_is_ended_by_the_next(served: Served) -> None:
    with served.drill() as run:
        run.arm()
        assert run.inject()[0] == 0
        assert run.effect()[0] == 0
        (kept,) = (served.folder / "live").glob(".shop.pem.duheng-*")
        kept.rename(served.certificate)
        assert not served.trusted()
        assert run.heal()[0] == 0
        assert served.trusted()
        run.done()


def test_a_certificate_that_is_renewed_meanwhile_stays(served: Served) -> None:
    with served.drill() as run:
        run.arm()
        assert run.inject()[0] == 0
        renewed = served.authority.good("www.shop.example")
        (served.folder / "shop.key").write_bytes(key_pem(renewed.key))
        served.certificate.write_bytes(renewed.server_pem())
        assert run.heal()[0] == 0
        assert served.shown() == renewed.certificate
        run.done()
    assert [path.name for path in (served.folder / "live").iterdir()] == ["shop.pem"]


def test_a_revert_where_nothing_was_put_in_changes_nothing(served: Served) -> None:
    before = served.files()
    with served.drill() as run:
        run.arm()
        assert (run.revert(), run.healed()) == (0, (0, "no certificate was swapped"))
        run.done()
    assert served.files() == before


def test_what_is_refused_says_why_and_leaves_nothing(served: Served) -> None:
    folder = served.folder
    expired = served.authority.expired("www.shop.example")
    (folder / "expired.key").write_bytes(key_pem(expired.key))
    (folder / "expired.pem").write_bytes(expired.server_pem())
    (folder / "both.pem").write_bytes(served.issued.server_pem() + key_pem(served.issued.key))
    (folder / "locked.key").write_bytes(
        subprocess.run(
            ["openssl", "pkey", "-in", folder / "shop.key", "-aes256", "-passout", "pass:x"],
            check=True, capture_output=True,
        ).stdout
    )  # fmt: skip
    before = served.files()
    shop, key = served.certificate, folder / "shop.key"
    for changed, told in (
        ({"certificate": f"{folder}/none.pem"}, f"there is no certificate {folder}/none.pem"),
        ({"key": f"{folder}/none.key"}, f"this account cannot read the key {folder}/none.key"),
        ({"key": f"{folder}/other.key"}, f"{folder}/other.key is not the key of {shop}, or wants a passphrase"),
        ({"key": f"{folder}/locked.key"}, f"{folder}/locked.key is not the key of {shop}, or wants a passphrase"),
        ({"certificate": f"{folder}/both.pem"}, f"{folder}/both.pem holds the key too: that is not swapped"),
        ({"certificate": str(key)}, f"{key} holds the key too: that is not swapped"),
        (
            {"certificate": f"{folder}/expired.pem", "key": f"{folder}/expired.key"},
            f"{folder}/expired.pem has run out already",
        ),
        ({"port": 1}, f"127.0.0.1:1 does not serve {shop}"),
        ({"reload": ["no-such-server"]}, "the host lacks the program no-such-server, which loads the certificate anew"),
    ):
        with served.drill(**changed) as run:
            run.arm()
            assert run.inject() == (HELD, told)
            assert run.effect() == (1, "no certificate was swapped")
            run.done()
    assert served.files() == before
