"""A real browser that can reach the listed hosts and nothing else.

Two fences stand one behind the other: requests to other origins are stopped before they are sent (``watch``), and the
browser's own resolver knows no host but the listed ones, so that what slips past the first (a redirect, a prefetch, a
beacon of a page that is being left) finds no address. Certificates: Chromium reads no ``[tls] ca_file``; a
leaf that this harness has verified itself is named to it by the digest of its public key, and no other is.
"""

import base64
import hashlib
import importlib.util
import os
import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_der_x509_certificate

from probes.browser.watch import place_of, watched_places
from probes.errors import LookFailed, NotSet, TargetAway
from probes.look import Look
from probes.target import Target
from probes.transports import dial
from probes.transports.trust import trusting_context

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome")
FLAGS = (
    "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-domain-reliability", "--disable-extensions", "--disable-quic", "--disable-sync",
    "--dns-prefetch-disable", "--no-first-run", "--no-proxy-server",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-blink-features=AutomationControlled",
)  # fmt: skip
"""The last: pages that hold back where they see a harness would fool it."""

PLAIN_PORT = 80
INSTALL = "install it: pip install 'duheng[browser]'"
INSTALL_BROWSER = (
    "install one (Debian: apt-get install chromium-headless-shell; else: playwright install --only-shell chromium), "
    "or name it in [browser] executable"
)


@contextmanager
def opened(given: Look) -> Iterator["Browser"]:
    """Start a browser for the target and stop it afterwards.

    Raises:
        NotSet: Playwright or a browser is missing; says what to install.
        TargetAway, TimedOut, NetworkDown: the platform's own certificate could not be verified, or it is away.
    """
    try:
        from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 - an extra, loaded where it is used
    except ModuleNotFoundError:
        raise NotSet(f"the browser walk needs Playwright; {INSTALL}") from None
    arguments = [*FLAGS, f"--host-resolver-rules={_rules(given.target)}", *_trusted(given)]
    with sync_playwright() as playwright:
        try:
            browser = _launched(playwright, executable(given.target), arguments)
        except Error as error:
            reason = given.redactor.text(error.message.splitlines()[0])
            raise NotSet(f"the browser could not be started ({reason}); {INSTALL_BROWSER}") from None
        try:
            yield browser
        finally:
            browser.close()


def _launched(playwright: "Playwright", program: str | None, arguments: list[str]) -> "Browser":
    # As root Chromium has no sandbox to go into and refuses to start.
    return playwright.chromium.launch(
        executable_path=program, args=arguments, chromium_sandbox=os.geteuid() != 0, handle_sigint=False
    )


def executable(target: Target) -> str | None:
    """Return the browser to start: the declared one, else the first on the path; None is Playwright's own.

    Raises:
        NotSet: the declared one is not there.
    """
    declared = target.declared("browser", "executable")
    if declared:
        beside = target.path.parent / str(declared)
        found = str(beside) if beside.is_file() else shutil.which(str(declared))
        if found is None:
            raise NotSet(f"[browser] executable: there is no {declared}; {INSTALL_BROWSER}")
        return found
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def lacking(target: Target) -> Literal["playwright", "executable", "chromium"] | None:
    """Return what a browser lacks here to be started for a target: the extra, the declared program, any Chromium."""
    if importlib.util.find_spec("playwright") is None:
        return "playwright"
    try:
        if executable(target) is not None:
            return None
    except NotSet:
        return "executable"
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an extra, loaded where it is used

    with sync_playwright() as playwright:
        there = Path(playwright.chromium.executable_path).is_file()
    return None if there else "chromium"


def _rules(target: Target) -> str:
    places = ",".join(
        f"MAP {_bracketed(host)}:{port} {_bracketed(host)}:{port}"
        for host, port in sorted(target.listed() | watched_places(target))
    )
    return f"{places},MAP * ~NOTFOUND"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _trusted(given: Look) -> list[str]:
    """Return the flag that names the leaf certificates which this harness verified; nothing is excused unverified.

    Raises:
        LookFailed: the shop's own front page cannot be reached over verified TLS.
    """
    base = place_of(given.target.platform.base_url)
    keys = []
    for host, port in sorted(given.target.listed()):
        if port == PLAIN_PORT or ((host, port) != base and given.target.ca_file is None):
            continue
        try:
            keys.append(_verified_key(given, host, port))
        except LookFailed:
            if (host, port) == base and given.target.platform.base_url.startswith("https:"):
                raise
    return [f"--ignore-certificate-errors-spki-list={','.join(keys)}"] if keys else []


def _verified_key(given: Look, host: str, port: int) -> str:
    context = trusting_context(given.target.ca_file)
    with dial.connect(host, port, given.deadline) as connection:
        connection.settimeout(given.deadline.check(f"a TLS handshake with {host}:{port}"))
        try:
            with context.wrap_socket(connection, server_hostname=host) as wrapped:
                leaf = wrapped.getpeercert(binary_form=True) or b""
        except (OSError, ssl.SSLError) as error:
            reason = getattr(error, "verify_message", None) or getattr(error, "reason", None) or str(error)
            raise TargetAway(f"{host}:{port} could not be reached over verified TLS: {reason}") from error
    key = load_der_x509_certificate(leaf).public_key()
    return base64.b64encode(
        hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    ).decode()
