"""Plain evidence of the looks that need no account: addresses, TLS, pages over plain HTTP, and of qualifications."""

from typing import Any

Data = dict[str, Any]


def tcp() -> Data:
    entry = {"address": "192.0.2.1", "family": "ipv4", "source": "dns", "connected": True, "ms": 3, "error": None}
    return {"host": "shop.example", "port": 443, "any_connected": True, "addresses": [entry]}


def tls() -> Data:
    return {
        "host": "shop.example",
        "port": 443,
        "speaks_tls": True,
        "negotiated": True,
        "refusal": None,
        "protocol": "TLSv1.3",
        "cipher": "TLS_AES_256_GCM_SHA384",
        "secret_bits": 256,
        "prohibited_suite": False,
        "trusted": True,
        "verify_error": None,
        "problems": [],
    }


def suite(name: str = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", **changes: Any) -> Data:
    entry = {
        "code": "C02F",
        "name": name,
        "openssl": None,
        "bits": 128,
        "cipher": "AES_128",
        "export": False,
        "key_exchange": "ECDHE",
        "authentication": "RSA",
        "group": "x25519",
        "group_kind": "ec",
        "group_bits": 255,
        "chain": 0,
    }
    return entry | changes


def protocol(name: str, *suites: Data, **changes: Any) -> Data:
    entry = {
        "protocol": name,
        "offered": bool(suites),
        "suites": list(suites),
        "broke_off": [],
        "refusal": "handshake_failure",
        "trouble": None,
    }
    return entry | changes


def tls_suites() -> Data:
    leaf = {
        "subject": "CN=shop.example",
        "issuer": "CN=an authority",
        "sans": ["shop.example"],
        "key_type": "RSA",
        "key_bits": 2048,
        "signature_hash": "sha256",
        "sha256": "ab" * 32,
    }
    modern = suite("TLS_AES_256_GCM_SHA384", bits=256, key_exchange="ephemeral", chain=None)
    return {
        "host": "shop.example",
        "port": 443,
        "speaks_tls": True,
        "protocols": [
            *(protocol(name) for name in ("SSLv2", "SSLv3", "TLSv1", "TLSv1.1")),
            protocol("TLSv1.2", suite()),
            protocol("TLSv1.3", modern),
            protocol("TLCPv1.1"),
        ],
        "chains": [{"certificates": [leaf], "name_matches": True, "problems": []}],
        "connections": 20,
    }


def tls_touched() -> Data:
    own = "https://shop.example:443"
    return {"touched": [own], "endpoints": [own], "hosts": []}


def plain_page(path: str, **changes: Any) -> Data:
    page = {
        "path": path,
        "plain_url": f"http://shop.example{path}",
        "connected": True,
        "error": None,
        "status": 301,
        "location": f"https://shop.example{path}",
        "redirects_to_https_same_host": True,
        "served_form": False,
        "form_fields": [],
        "visible_length": 0,
        "final": {"url": f"https://shop.example{path}", "status": 200, "ok": True, "error": None},
        "hsts": "max-age=31536000",
        "hsts_max_age_s": 31536000,
    }
    return page | changes


def plain() -> Data:
    return {
        "plain_url": "http://shop.example/",
        "secure_url": "https://shop.example",
        "pages": [plain_page("/"), plain_page("/login/"), plain_page("/orders/")],
        "secure": {"connected": True, "status": 200, "error": None},
        "hsts": "max-age=31536000",
        "hsts_max_age_s": 31536000,
    }


def qualification() -> Data:
    url = "https://shop.example/licences/"
    candidate = {
        "url": url,
        "asked_url": url,
        "depth": 1,
        "via": "资质公示",
        "status": 200,
        "title": "资质公示",
        "heading": "资质公示",
        "named_by": ["title", "link"],
        "titled": True,
        "asks_password": False,
        "credit_codes": ["91310000MA1K7H5T0E"],
        "icp_numbers": [],
        "registration_numbers": [],
        "visible_length": 300,
    }
    page = {"url": url, "asked_url": url, "depth": 1, "status": 200, "images": []}
    return {
        "home_ok": True,
        "home_status": 200,
        "pages": [page],
        "candidates": [candidate],
        "matching_links_left": 0,
        "links_left": 0,
        "exhausted": True,
        "stopped": None,
    }
