"""The JSON of ``nft -j list ruleset`` in the common form; pure."""

from probes.host.agent.rules import Rules, verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

_DROPS = ("drop", "reject")
_PORT = "dport"
_SOURCES = ("saddr",)
_ALL_OF_IT = frozenset({"tcp", "udp", "ipv4", "ipv6", "ip", "ip6", "new"})
"""A protocol, a family of addresses, a new connection: who lets these in whole has no default left."""


def nftables(listed: "Dict[str, Any]") -> Rules:
    """Return the rules of a listing; a chain that only other chains jump to has no hook."""
    rules = Rules()
    chains = {}  # type: Dict[Tuple[str, str, str], Dict[str, Any]]
    for entry in listed["nftables"]:
        if "chain" in entry:
            chain = entry["chain"]
            chains[_key(chain, chain["name"])] = _chain(chain)
    hooks = _reached(listed, chains)
    plain = {}  # type: Dict[Any, List[Tuple[str, Any]]]
    for entry in listed["nftables"]:
        if "rule" in entry:
            rule = entry["rule"]
            key = _key(rule, rule["chain"])
            chains[key]["rules"] += 1
            found = _plain(rule)
            if found is not None:
                plain.setdefault(key, []).append(found)
            _rule(rules, rule["expr"], "input" in hooks.get(key, ()))
    for key, chain in chains.items():
        told = verdict(key, plain)
        chain.update(lets_all_in=told == "accept", ends_in_drop=told == "drop")
    rules.chains = list(chains.values())
    return rules


def _key(entry: "Dict[str, Any]", chain: str) -> "Tuple[str, str, str]":
    return entry["family"], entry["table"], chain


def _chain(chain: "Dict[str, Any]") -> "Dict[str, Any]":
    return {
        "by": "nftables",
        "family": chain["family"],
        "table": chain["table"],
        "name": chain["name"],
        "type": chain.get("type"),
        "hook": chain.get("hook"),
        "policy": chain.get("policy"),
        "rules": 0,
        "ends_in_drop": False,
        "lets_all_in": False,
    }


def _reached(listed: "Dict[str, Any]", chains: "Dict[Any, Dict[str, Any]]") -> "Dict[Any, Any]":
    """Return the hooks from which each chain is reached, through jumps and verdict maps."""
    jumps = [
        (_key(entry["rule"], entry["rule"]["chain"]), _key(entry["rule"], target))
        for entry in listed["nftables"]
        if "rule" in entry
        for target in _targets(entry["rule"]["expr"])
    ]
    hooks = {key: {chain["hook"]} for key, chain in chains.items() if chain["hook"]}
    for _ in range(len(chains)):
        before = {key: set(found) for key, found in hooks.items()}
        for source, target in jumps:
            hooks.setdefault(target, set()).update(hooks.get(source, ()))
        if hooks == before:
            break
    return hooks


def _targets(expression: "Any") -> "Iterator[str]":
    """Yield the chains that are jumped to, however deep a map hides them."""
    if isinstance(expression, list):
        for each in expression:
            yield from _targets(each)
    elif isinstance(expression, dict):
        for name, value in expression.items():
            if name in {"jump", "goto"} and isinstance(value, dict) and "target" in value:
                yield value["target"]
            else:
                yield from _targets(value)


def _plain(rule: "Dict[str, Any]") -> "Optional[Tuple[str, Any]]":
    """Return the verdict of a rule that asks for nothing, and where it jumps to; counting and logging ask nothing.

    Who accepts all of TCP, or every new connection, asks for nothing that would keep anybody out.
    """
    kind, target = None, None  # type: Optional[str], Any
    asked = []
    for each in rule["expr"]:
        for name, value in each.items():
            if name in _DROPS:
                kind = "drop"
            elif name in {"accept", "return", "jump", "goto"}:
                kind = name
                target = _key(rule, value["target"]) if name in {"jump", "goto"} else None
            elif name not in {"counter", "log"}:
                asked.append((name, value))
    narrow = any(name != "match" or not _takes_all(value) for name, value in asked)
    return None if kind is None or (asked and (kind != "accept" or narrow)) else (kind, target)


def _takes_all(match: "Dict[str, Any]") -> bool:
    left = match["left"] if isinstance(match["left"], dict) else {}
    values = _values(match["right"])
    if (
        left.get("meta", {}).get("key") in {"l4proto", "protocol", "nfproto"}
        or left.get("ct", {}).get("key") == "state"
    ):
        return match["op"] in {"==", "in"} and any(value in _ALL_OF_IT for value in values)
    everywhere = left.get("payload", {}).get("field") in {"saddr", "daddr"}
    return everywhere and any(value.endswith("/0") for value in values)


def asleep(listed: "Dict[str, Any]") -> "Tuple[Any, bool]":
    """Return the tables whose chains hang on no hook (``flags dormant``), and whether some flag is not understood.

    nft 1.0.6 writes the table's name where the flag should stand: such a table is taken as asleep, and for unclear.
    """
    flagged = {}
    for table in (entry["table"] for entry in listed["nftables"] if "table" in entry):
        flags = table.get("flags") or []
        flagged[table["family"], table["name"]] = {flags} if isinstance(flags, str) else set(flags)
    known = {"dormant", "owner", "persist"}
    sleeping = {key for key, flags in flagged.items() if flags - {"owner", "persist"}}
    return sleeping, any(flags - known for flags in flagged.values())


def _rule(rules: Rules, expressions: "List[Dict[str, Any]]", incoming: bool) -> None:
    rules.rules += 1
    names = {name for each in expressions for name in each}
    for each in expressions:
        counter = each.get("counter")
        if isinstance(counter, dict):
            rules.count(counter.get("packets", 0), counter.get("bytes", 0), bool(names & set(_DROPS)))
        if "log" in each:
            rules.log((each["log"] or {}).get("prefix"))
    if "accept" in names and incoming:
        _accept(rules, expressions)
    for verdicts in (each["vmap"] for each in expressions if "vmap" in each and incoming):
        _accept_mapped(rules, verdicts)


def _accept(rules: Rules, expressions: "List[Dict[str, Any]]") -> None:
    ports, source, interface, protocol, states = [], None, None, None, None  # type: Any, Any, Any, Any, Any
    for match in (each["match"] for each in expressions if "match" in each):
        left, right = match["left"], match["right"]
        payload = left.get("payload", {}) if isinstance(left, dict) else {}
        meta = left.get("meta", {}).get("key") if isinstance(left, dict) else None
        if payload.get("field") == _PORT:
            protocol, ports = payload["protocol"], _values(right)
        elif payload.get("field") in _SOURCES:
            source = ", ".join(_values(right))
        elif payload.get("field") in {"protocol", "nexthdr"} or meta in {"l4proto", "protocol"}:
            protocol = protocol or ", ".join(_values(right))
        elif meta in {"iifname", "iif"}:
            interface = ", ".join(_values(right))
        elif isinstance(left, dict) and left.get("ct", {}).get("key") == "state":
            states = _values(right)
    if states and "new" not in states and "untracked" not in states:
        return  # answers to what this host began
    for port in ports or [None]:
        rules.accept(**{"protocol": protocol, "port": port, "from": source, "interface": interface, "by": "nftables"})


def _accept_mapped(rules: Rules, verdicts: "Dict[str, Any]") -> None:
    """Add the ports that a map of verdicts lets in (``tcp dport vmap { 22 : accept }``)."""
    payload = verdicts["key"].get("payload", {}) if isinstance(verdicts["key"], dict) else {}
    data = verdicts["data"]
    if payload.get("field") == _PORT and isinstance(data, dict):
        for value, verdict in data.get("set", []):
            if isinstance(verdict, dict) and "accept" in verdict:
                for port in _values(value):
                    told = {"protocol": payload["protocol"], "port": port, "from": None, "interface": None}
                    rules.accept(**dict(told, by="nftables"))


def _values(right: "Any") -> "List[str]":
    """Return what a match is held against, as text: a value, a set, a range, a network."""
    if isinstance(right, list):
        return [value for each in right for value in _values(each)]
    if not isinstance(right, dict):
        return [str(right)]
    if "set" in right:
        return _values(right["set"])
    if "range" in right:
        return ["-".join(str(end) for end in right["range"])]
    if "prefix" in right:
        return ["%s/%s" % (right["prefix"]["addr"], right["prefix"]["len"])]
    return [str(right.get("elem", {}).get("val", right)) if isinstance(right.get("elem"), dict) else str(right)]
