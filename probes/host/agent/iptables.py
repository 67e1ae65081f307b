"""The output of ``iptables-save -c`` in the common form; pure."""

import re
import shlex

from probes.host.agent.rules import Rules, verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Tuple

_CHAIN = re.compile(r":(\S+) (\S+) \[(\d+):(\d+)\]")
_RULE = re.compile(r"\[(\d+):(\d+)\] -A (\S+) ?(.*)")
_HOOKS = {"INPUT": "input", "FORWARD": "forward", "OUTPUT": "output"}
_DROPS = ("DROP", "REJECT")
_CONDITIONS = frozenset({"-s", "-d", "-p", "-i", "-o", "-m", "-f"})
_SILENT = ("-m", "comment", "--comment")
_BY_STATE = (["-m", "conntrack", "--ctstate"], ["-m", "state", "--state"])
_ALL_OF_IT = (["-p", "tcp"], ["-p", "udp"], ["-p", "tcp", "-m", "tcp"], ["-p", "udp", "-m", "udp"])


def iptables(saved: str, family: str) -> Rules:
    """Return the rules of a listing; ``family`` is ``ip`` or ``ip6``."""
    rules = Rules()
    chains = {}  # type: Dict[Tuple[str, str], Dict[str, Any]]
    lines = list(_tables(saved))
    for table, line in lines:
        match = _CHAIN.match(line)
        if match:
            name, policy = match.group(1), match.group(2)
            chains[table, name] = _chain(table, name, policy, family)
            if policy == "DROP":
                rules.counting["dropped_packets"] += int(match.group(3))
    incoming = _from_input([(table, match) for table, match in ((t, _RULE.match(line)) for t, line in lines) if match])
    plain = {}  # type: Dict[Any, List[Tuple[str, Any]]]
    for table, line in lines:
        match = _RULE.match(line)
        if match:
            words = shlex.split(match.group(4))
            found = _plain(words, table)
            if found is not None:
                plain.setdefault((table, match.group(3)), []).append(found)
            chain = chains[table, match.group(3)]
            chain["rules"] += 1
            counters = int(match.group(1)), int(match.group(2))
            _rule(rules, words, counters, (table, match.group(3)) in incoming)
    for key, chain in chains.items():
        told = verdict(key, plain)
        chain.update(lets_all_in=told == "accept", ends_in_drop=told == "drop")
    rules.chains = list(chains.values())
    return rules


def _tables(saved: str) -> "Iterator[Tuple[str, str]]":
    table = ""
    for line in saved.splitlines():
        if line.startswith("*"):
            table = line[1:].strip()
        else:
            yield table, line


def _chain(table: str, name: str, policy: str, family: str) -> "Dict[str, Any]":
    return {
        "by": "iptables",
        "family": family,
        "table": table,
        "name": name,
        "type": "filter" if table == "filter" else table,
        "hook": _HOOKS.get(name),
        "policy": None if policy == "-" else policy.lower(),
        "rules": 0,
        "ends_in_drop": False,
        "lets_all_in": False,
    }


def _plain(words: "List[str]", table: str) -> "Optional[Tuple[str, Any]]":
    """Return the verdict of a rule that asks for nothing, and where it jumps to; a remark asks nothing.

    Who accepts all of TCP, or every new connection, asks for nothing that would keep anybody out.
    """
    asked, target = _without_remark(words), _target(words)
    kind = "drop" if target in _DROPS else {"ACCEPT": "accept", "RETURN": "return"}.get(target)
    if kind == "accept" and asked[:-2] in _ALL_OF_IT:
        return kind, None
    if kind == "accept" and asked[:3] in _BY_STATE and asked[4:] == ["-j", "ACCEPT"]:
        return (kind, None) if "NEW" in asked[3].split(",") else None
    if _CONDITIONS & set(asked):
        return None
    if kind is None and target:
        return ("goto" if "-g" in asked else "jump"), (table, target)
    return None if kind is None else (kind, None)


def _without_remark(words: "List[str]") -> "List[str]":
    for at in range(len(words) - len(_SILENT)):
        if tuple(words[at : at + len(_SILENT)]) == _SILENT:
            return words[:at] + words[at + len(_SILENT) + 1 :]
    return words


def _from_input(rules: "List[Tuple[str, Any]]") -> "Any":
    """Return the chains of the table filter that what comes in may pass: INPUT, and where it jumps to."""
    reached = {("filter", "INPUT")}
    for _ in range(len(rules) + 1):
        more = {
            (table, _target(shlex.split(match.group(4))))
            for table, match in rules
            if (table, match.group(3)) in reached
        }
        if more <= reached:
            break
        reached |= more
    return reached


def _target(words: "List[str]") -> str:
    return _after(words, "-j") or _after(words, "-g") or ""


def _after(words: "List[str]", *options: str) -> "Any":
    for option in options:
        if option in words[:-1]:
            return words[words.index(option) + 1]
    return None


def _rule(rules: Rules, words: "List[str]", counters: "Tuple[int, int]", incoming: bool) -> None:
    rules.rules += 1
    target = _target(words)
    rules.count(counters[0], counters[1], target in _DROPS)
    if target in {"LOG", "NFLOG"}:
        rules.log(_after(words, "--log-prefix", "--nflog-prefix"))
    if target != "ACCEPT" or not incoming:
        return
    states = _after(words, "--ctstate", "--state")
    if states and "NEW" not in states:
        return  # answers to what this host began
    told = {"protocol": _after(words, "-p"), "from": _after(words, "-s"), "interface": _after(words, "-i")}
    ports = (_after(words, "--dport", "--dports") or "").replace(":", "-")
    for port in ports.split(","):
        rules.accept(**dict(told, port=port or None, by="iptables"))
