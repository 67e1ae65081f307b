"""What the shop's TLS door accepts besides: an ordinary client gets TLS 1.3 all the same, and sees nothing of it."""

import ssl
import warnings
from pathlib import Path

_GOOD = "ECDHE+AESGCM:DHE+AESGCM"
CIPHERS = {
    "anonymous-suite-offered": f"{_GOOD}:AECDH-AES256-SHA:@SECLEVEL=0",
    "null-suite-offered": f"{_GOOD}:ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0",
    "old-protocol-offered": "DEFAULT:@SECLEVEL=0",
    "short-dh-prime-offered": f"{_GOOD}:@SECLEVEL=0",
}
DH_1024 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""
"""The second group of RFC 2409, 1024 bit."""


def weaken(context: ssl.SSLContext, defects: frozenset[str], folder: Path) -> None:
    """Open the door to what the defects say; without any of them the context stays as it is."""
    for name in sorted(defects & set(CIPHERS)):
        context.set_ciphers(CIPHERS[name])
    if "old-protocol-offered" in defects:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
    if "short-dh-prime-offered" in defects:
        file = folder / "dh.pem"
        file.write_text(DH_1024, encoding="ascii")
        context.load_dh_params(str(file))
