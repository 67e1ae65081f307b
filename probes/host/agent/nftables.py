"""The JSON of ``nft -j list ruleset`` in the common form; pure."""

from typing import Any, Dict, Iterator, List, Tuple

from probes.host.agent.rules import Rules

_DROPS = ("drop", "reject")
_PORT = "dport"
_SOURCES = ("saddr",)


def nftables(listed: "Dict[str, Any]") -> Rules:
    """Return the rules of a listing; a chain that only other chains jump to has no hook."""
    rules = Rules()
    chains = {}  # type: Dict[Tuple[str, str, str], Dict[str, Any]]
    for entry in listed["nftables"]:
        if "chain" in entry:
            chain = entry["chain"]
            chains[_key(chain, chain["name"])] = _chain(chain)
    hooks = _reached(listed, chains)
    for entry in listed["nftables"]:
        if "rule" in entry:
            rule = entry["rule"]
            key = _key(rule, rule["chain"])
            chains[key]["rules"] += 1
            chains[key]["ends_in_drop"] = _ends(rule["expr"])
            _rule(rules, rule["expr"], "input" in hooks.get(key, ()))
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


def _ends(expressions: "List[Dict[str, Any]]") -> bool:
    """Tell whether a rule refuses whatever comes to it: a verdict, and no condition but counting and logging."""
    names = [name for each in expressions for name in each]
    return any(name in _DROPS for name in names) and all(name in _DROPS or name in {"counter", "log"} for name in names)


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
