"""A scan as the plain data of an observation. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from probes.certificate import describe, name_matches, path, period_problem, read_certificate
from probes.tls.answers import Chosen
from probes.tls.groups import SM2, Group, group, of_key_exchange
from probes.tls.protocols import Protocol
from probes.tls.reader import BadAnswer
from probes.tls.scan import Found, Scan
from probes.tls.suites import Suite, known


def told(
    scan: Scan, host: str, now: datetime, anchors: frozenset[bytes] = frozenset()
) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """Return ``{"protocols", "chains", "connections"}`` and the certificates, each once, in the order of the chains.

    ``anchors`` are the subjects (DER) at which a chain may end.
    """
    chains = tuple(dict.fromkeys(choice.chain for found in scan.found for choice in found.chosen if choice.chain))
    data = {
        "protocols": [_protocol(found, chains) for found in scan.found],
        "chains": [_chain(chain, host, now, anchors) for chain in chains],
        "connections": scan.connections,
    }
    return data, tuple(dict.fromkeys(der for chain in chains for der in chain))


def _protocol(found: Found, chains: Sequence[tuple[bytes, ...]]) -> dict[str, Any]:
    whole = [choice for choice in found.chosen if choice.whole]
    return {
        "protocol": found.protocol.name,
        "offered": bool(whole),
        "suites": [_suite(found.protocol, code, choice, chains) for choice in whole for code in choice.codes],
        "broke_off": [f"{code:04X}" for choice in found.chosen if not choice.whole for code in choice.codes],
        "refusal": found.refusal.words if found.refusal else None,
        "trouble": found.trouble.words if found.trouble else None,
    }


def _suite(protocol: Protocol, code: int, choice: Chosen, chains: Sequence[tuple[bytes, ...]]) -> dict[str, Any]:
    suite = known()[protocol.family].get(code)
    chain = chains.index(choice.chain) if choice.chain else None
    if suite is None:  # SSL 2.0 servers name their own kinds
        return {"code": f"{code:06X}", "name": None, "openssl": None, "bits": None, "cipher": None, "export": False,
                "key_exchange": None, "authentication": None, "group": None, "group_kind": None, "group_bits": None,
                "chain": chain}  # fmt: skip
    used = _group(suite, choice)
    return {
        "code": suite.hex,
        "name": suite.name,
        "openssl": suite.openssl or None,
        "bits": suite.bits,
        "cipher": suite.cipher,
        "export": suite.export,
        "key_exchange": suite.key_exchange,
        "authentication": suite.authentication,
        "group": used.name if used else None,
        "group_kind": used.kind if used else None,
        "group_bits": used.bits or None if used else None,
        "chain": chain,
    }


def _group(suite: Suite, choice: Chosen) -> Group | None:
    """Return the group, or the RSA key, that carries the key exchange; None where it was not to be seen."""
    if suite.family == "tls13":
        return None if choice.group is None else group(choice.group)
    if suite.key_exchange == "ECC":
        return SM2
    if choice.key_exchange is not None:
        try:
            used = of_key_exchange(suite, choice.key_exchange)
        except BadAnswer:
            return None
        if used is not None:
            return used
    return _key(choice.chain, suite.key_exchange)


def _key(chain: tuple[bytes, ...], key_exchange: str) -> Group | None:
    """Return the key of the certificate as the group, where the suite exchanges keys by it."""
    if not chain or key_exchange not in {"RSA", "ECDH"}:
        return None
    facts = describe(chain[0])
    kind, bits = facts["key_type"], facts["key_bits"]
    if not kind or not bits:
        return None
    return Group(name=kind, kind="rsa" if kind == "RSA" else "ec", bits=bits)


def _chain(chain: tuple[bytes, ...], host: str, now: datetime, anchors: frozenset[bytes]) -> Mapping[str, Any]:
    described = [describe(der) for der in chain]
    way = path(chain, anchors)
    read = [certificate for certificate in (read_certificate(chain[at]) for at in way) if certificate is not None]
    problems = [problem for problem in (period_problem(certificate, now) for certificate in read) if problem]
    return {
        "certificates": described,
        "name_matches": name_matches(host, described[0]["sans"]) if read_certificate(chain[0]) else None,
        "path": list(way),
        "problems": list(dict.fromkeys(problems)),
    }
