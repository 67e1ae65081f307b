"""SBT-3.1.3.3, 128 bit: every suite that is offered, in every protocol, on endpoints and on hosts that were touched.

Decision 8 says why the key exchange has bounds of its own, and why an obsolete protocol violates beside a current one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.judges.words import bad, bound, cause_in, good, untold
from probes.errors import Cause
from probes.observation import Observation
from reports.verdict import Measured, Requirement, Text, Verdict

CURRENT = frozenset({"TLSv1.2", "TLSv1.3", "TLCPv1.1"})
_WITHOUT_NAMES = frozenset({"SSLv2", "SSLv3", "TLCPv1.1"})
"""Where the name is not judged: a client of SSL cannot say which host it means; TLCP has its own ways to name it."""

_PROHIBITED = frozenset({"RC4", "RC2"})
_BROKEN_HASHES = frozenset({"md5", "sha1"})
_SIZED = frozenset({"DHE", "ECDHE", "RSA", "ECDH", "ephemeral"})
_SHOWN = 3

STRENGTH = "tls_symmetric_key_length"
_GROUP_BOUNDS = {"dh": "key_exchange_modulus", "rsa": "key_exchange_modulus", "ec": "key_exchange_curve"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fault:
    """One thing that is wrong: what offends, why, and the request that shows it again."""

    what: str
    why: Text
    repeat: str


@dataclass(slots=True, kw_only=True)
class _Examined:
    """What one server came to."""

    faults: list[_Fault] = field(default_factory=list)
    unknown: list[Text] = field(default_factory=list)
    weakest: int | None = None
    offered: list[str] = field(default_factory=list)


def every_suite(requirement: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``net.tls_suites``: no suite below the bounds, no obsolete protocol, nothing left untold."""
    place = seen.header.subject
    if not seen.data["speaks_tls"]:
        return untold(
            seen,
            f"{place} speaks no TLS, so there are no suites to search: {seen.data['answer']}",
            f"{place} 不支持TLS，无套件可检索：{seen.data['answer']}",
        )
    examined = _examined(requirement, place, seen.data)
    if examined.faults or examined.unknown:
        return _wrong(requirement, seen, examined)
    number = sum(len(protocol["suites"]) for protocol in seen.data["protocols"])
    return good(
        seen,
        f"{place} offers {number} suite(s) in {', '.join(examined.offered)} and no other; the weakest has "
        f"{examined.weakest} bit.",
        f"{place} 共提供 {number} 个套件（{'、'.join(examined.offered)}），别无其他，最弱者为 {examined.weakest} 位。",
        measured=_measured(requirement, examined),
        threshold=bound(requirement, STRENGTH),
    )


def touched_hosts(requirement: Requirement, seen: Observation, __: Mapping[str, Any]) -> Verdict:
    """Judge ``net.tls_touched``: what holds for the endpoints holds for every host that a journey touches."""
    touched, endpoints, hosts = seen.data["touched"], seen.data["endpoints"], seen.data["hosts"]
    if not touched:
        return untold(
            seen, "No host answered over https in this run.", "本次运行中没有任何主机以https应答。", cause="target"
        )
    looked_at = {*endpoints, *(host["origin"] for host in hosts)}
    together = _Examined()
    causes: list[Cause] = []
    for place in touched:
        if place not in looked_at:
            together.unknown.append(Text(en=f"{place} was not looked at.", zh=f"未查看 {place}。"))
    for host in hosts:
        if host["suites"] is None or not host["suites"]["speaks_tls"]:
            reason = host["failure"] or "it spoke no TLS then"
            together.unknown.append(
                Text(en=f"{host['origin']}: {reason}", zh=f"{host['origin']}：{host['failure'] or '当时未以TLS应答'}")
            )
            causes.append(cause_in(host, "cause", "target"))
            continue
        _add(together, _examined(requirement, host["origin"], host["suites"]))
    if together.faults or together.unknown:
        return _wrong(requirement, seen, together, cause=causes[0] if causes else "target")
    if not hosts:
        return good(
            seen,
            f"The journeys of this run touched no https host besides the endpoints ({len(touched)}).",
            f"本次运行的流程除 {len(touched)} 个申报端点外未涉及其他https主机。",
        )
    return good(
        seen,
        f"{len(hosts)} further host(s) that the journeys touched offer nothing below {together.weakest} bit.",
        f"流程另外涉及的 {len(hosts)} 个主机所提供的套件均不低于 {together.weakest} 位。",
        measured=_measured(requirement, together),
        threshold=bound(requirement, STRENGTH),
    )


def _add(together: _Examined, one: _Examined) -> None:
    together.faults += one.faults
    together.unknown += one.unknown
    together.weakest = min((bits for bits in (together.weakest, one.weakest) if bits is not None), default=None)


def _measured(requirement: Requirement, examined: _Examined) -> Measured:
    return Measured(metric=STRENGTH, value=examined.weakest or 0, unit=bound(requirement, STRENGTH).unit)


def _wrong(requirement: Requirement, seen: Observation, examined: _Examined, *, cause: Cause = "target") -> Verdict:
    """Return the violation, told by reasons; where there is none, what could not be told."""
    if not examined.faults:
        told = examined.unknown[:_SHOWN]
        return untold(seen, " ".join(each.en for each in told), "".join(each.zh for each in told), cause=cause)
    reasons: dict[Text, list[str]] = {}
    for fault in examined.faults:
        reasons.setdefault(fault.why, []).append(fault.what)
    en = "; ".join(f"{why.en} ({_listed(whats)})" for why, whats in reasons.items())
    zh = "；".join(f"{why.zh}（{_listed(whats, zh=True)}）" for why, whats in reasons.items())
    place = seen.header.subject
    firsts = [next(fault for fault in examined.faults if fault.why == why) for why in reasons]
    return bad(
        seen,
        f"{place} accepts what it must not: {en}.",
        f"{place} 接受了不得接受的内容：{zh}。",
        repeat=[fault.repeat for fault in firsts],
        measured=None if examined.weakest is None else _measured(requirement, examined),
        threshold=bound(requirement, STRENGTH),
    )


def _listed(whats: Sequence[str], *, zh: bool = False) -> str:
    named = list(dict.fromkeys(whats))
    shown = ("、" if zh else ", ").join(named[:_SHOWN])
    more = len(named) - _SHOWN
    if more <= 0:
        return shown
    return f"{shown} 等 {len(named)} 项" if zh else f"{shown} and {more} more"


def _examined(requirement: Requirement, place: str, data: Mapping[str, Any]) -> _Examined:
    protocols = data["protocols"]
    examined = _Examined(offered=[each["protocol"] for each in protocols if each["offered"]])
    for protocol in protocols:
        examined.faults += _of_protocol(requirement, place, protocol)
        examined.unknown += _unknown_of(place, protocol)
    examined.faults += _of_chains(requirement, place, data)
    if any(chain["name_matches"] is None for chain in data["chains"]):
        examined.unknown.append(
            Text(en=f"A certificate of {place} could not be read.", zh=f"{place} 的一份证书无法读取。")
        )
    strengths = [suite["bits"] for each in protocols for suite in each["suites"] if suite["bits"] is not None]
    examined.weakest = min(strengths, default=None)
    if not examined.offered and not examined.unknown:
        examined.unknown.append(
            Text(en=f"{place} took none of the suites that were offered.", zh=f"{place} 未接受所提供的任何套件。")
        )
    return examined


def _of_protocol(requirement: Requirement, place: str, protocol: Mapping[str, Any]) -> Iterator[_Fault]:
    name = protocol["protocol"]
    if protocol["offered"] and name not in CURRENT:
        why = Text(en="obsolete protocol", zh="已废止的协议")
        yield _Fault(what=name, why=why, repeat=f"visitor: TLS handshake with {place} in {name} only -> accepted")
    for suite in protocol["suites"]:
        what = suite["name"] or suite["code"]
        for why in _of_suite(requirement, suite):
            repeat = f"visitor: TLS handshake with {place} offering only {what} in {name} -> accepted"
            yield _Fault(what=f"{name} {what}", why=why, repeat=repeat)


def _of_suite(requirement: Requirement, suite: Mapping[str, Any]) -> Iterator[Text]:
    if suite["authentication"] == "anonymous":
        yield Text(en="authenticates no one", zh="不验证任何一方的身份")
    if suite["cipher"] == "NULL":
        yield Text(en="does not encrypt", zh="不加密")
    elif suite["bits"] is not None and suite["bits"] < bound(requirement, STRENGTH).value:
        yield Text(en=f"effective strength of {suite['bits']} bit", zh=f"有效强度仅 {suite['bits']} 位")
    if suite["cipher"] in _PROHIBITED:
        yield Text(en=f"{suite['cipher']} must not be used", zh=f"{suite['cipher']} 已禁用")
    kind, bits = suite["group_kind"], suite["group_bits"]
    if kind in _GROUP_BOUNDS and bits and bits < bound(requirement, _GROUP_BOUNDS[kind]).value:
        yield Text(
            en=f"key exchange by {suite['group']} of {bits} bit", zh=f"密钥交换所用 {suite['group']} 仅 {bits} 位"
        )


def _unknown_of(place: str, protocol: Mapping[str, Any]) -> Iterable[Text]:
    name = protocol["protocol"]
    if protocol["trouble"]:
        yield Text(
            en=f"What {place} offers in {name} could not be searched to the end: {protocol['trouble']}.",
            zh=f"{place} 在 {name} 下提供的套件未能检索完毕：{protocol['trouble']}。",
        )
    if protocol["broke_off"]:
        codes = ", ".join(protocol["broke_off"])
        yield Text(
            en=f"{place} chose {codes} in {name} and broke the handshake off.",
            zh=f"{place} 在 {name} 下选定 {'、'.join(protocol['broke_off'])} 后中止了握手。",
        )
    for suite in protocol["suites"]:
        what = suite["name"] or suite["code"]
        if suite["bits"] is None or (suite["key_exchange"] in _SIZED and not suite["group_bits"]):
            yield Text(en=f"How strong {name} {what} is could not be told.", zh=f"无法判定 {name} {what} 的强度。")


def _of_chains(requirement: Requirement, place: str, data: Mapping[str, Any]) -> Iterator[_Fault]:
    for position, chain in enumerate(data["chains"]):
        users = [
            (each["protocol"], suite["name"] or suite["code"])
            for each in data["protocols"]
            for suite in each["suites"]
            if suite["chain"] == position
        ]
        if not users:
            continue
        named = any(protocol not in _WITHOUT_NAMES for protocol, _ in users)
        protocol, suite = users[-1]
        leaf = chain["certificates"][0]
        what = f"{leaf['subject'] or leaf['sha256'][:16]} ({protocol})"
        repeat = (
            f"visitor: TLS handshake with {place} offering only {suite} in {protocol} -> certificate {leaf['sha256']}"
        )
        for why in _of_chain(requirement, chain, named=named):
            yield _Fault(what=what, why=why, repeat=repeat)


def _of_chain(requirement: Requirement, chain: Mapping[str, Any], *, named: bool) -> Iterator[Text]:
    leaf = chain["certificates"][0]
    if named and chain["name_matches"] is False:
        yield Text(en="certificate for another host", zh="证书不属于该主机")
    for problem in chain["problems"]:
        expired = problem == "expired"
        yield Text(
            en="certificate out of date" if expired else "certificate not valid yet",
            zh="证书已过期" if expired else "证书尚未生效",
        )
    kind = {"RSA": "rsa", "DSA": "dh"}.get(str(leaf["key_type"]), "ec")
    if leaf["key_bits"] and leaf["key_bits"] < bound(requirement, _GROUP_BOUNDS[kind]).value:
        yield Text(en=f"certificate with a key of {leaf['key_bits']} bit", zh=f"证书密钥仅 {leaf['key_bits']} 位")
    needed = chain.get("path", range(len(chain["certificates"])))
    for certificate in (chain["certificates"][place] for place in needed):
        if certificate["signature_hash"] in _BROKEN_HASHES and certificate["subject"] != certificate["issuer"]:
            used = str(certificate["signature_hash"]).upper()
            yield Text(en=f"certificate signed over {used}", zh=f"证书以 {used} 签名")
