"""``firewall``: the rules of the kernel's packet filter, how they count and log, and what manages them."""

import os

from probes.host.agent.machine import Machine
from probes.host.agent.part import part, sha256, unread_part
from probes.host.agent.rules import HOOKS, MOST_ACCEPTED, Rules, denies
from probes.host.agent.software import Sought, find, packages
from probes.host.agent.unread import Unread

TYPE_CHECKING = False
if TYPE_CHECKING:
    import json
    from typing import Any, Dict, List, Set, Tuple
else:
    from probes.host.agent.late import json

_MANAGERS = {
    "ufw": Sought(("ufw",), (), ("/usr/sbin/ufw",)),
    "firewalld": Sought(("firewalld",), ("firewalld",)),
    "shorewall": Sought(("shorewall",), ()),
    "netfilter-persistent": Sought(("netfilter-persistent",), ()),
    "ferm": Sought(("ferm",), ()),
    "csf": Sought((), ("lfd",), ("/etc/csf/csf.conf",)),
}
_KEPT = (
    "/etc/nftables.conf", "/etc/sysconfig/nftables.conf", "/etc/iptables/rules.v4", "/etc/iptables/rules.v6",
    "/etc/sysconfig/iptables", "/etc/ufw/ufw.conf", "/etc/ufw/user.rules", "/etc/ufw/user6.rules",
    "/etc/default/ufw", "/etc/firewalld/firewalld.conf", "/etc/firewalld/zones/public.xml",
    "/etc/shorewall/rules", "/etc/ferm/ferm.conf", "/etc/csf/csf.conf",
)  # fmt: skip
_PROGRAMS = ("nftables", "iptables", "ufw", "firewalld", "shorewall", "ferm")
_LEGACY = "-legacy tables present"  # the older rules of iptables stand beside, and neither listing has them
_CONNTRACK = "/proc/sys/net/netfilter/nf_conntrack_"


def read(machine: Machine) -> "Dict[str, Any]":
    """Return the section.

    ::

        {"nftables": Part {"rules"}, "iptables": Part {"rules", "legacy_unseen": bool},
         "active": bool|null, "families": ["ip", "ip6"],
         "default_deny": {"input"|"forward"|"output": bool|null},
         "chains": [{"by", "family", "table", "name", "type", "hook": str|null, "policy", "rules", "ends_in_drop",
          "lets_all_in"}],
         "rules": int, "accepted": [{"protocol", "port": "22"|"6000-6010"|null, "from": str|null, "interface", "by"}],
         "counting": {"rules", "packets", "bytes", "dropped_packets"}, "logging": {"rules", "prefixes": [...]},
         "management": [{"name", "installed": bool|null, "active": bool|null, "version", "detail": Part}],
         "kept_in": [{"path", "changed_ms", "sha256": str|null}], "versions": {PROGRAM: VERSION},
         "conntrack": {"sessions", "most"} | null}

    ``default_deny`` is true where base chains refuse what no rule names, for each of ``families`` (``ip6`` where the
    host has an address of it beyond its own); false where they do not, or there are none; null where nft's rules
    could not be read, or a table's flags not be understood, or older rules of iptables stand beside that neither
    program lists (``legacy_unseen``), and no other listing refuses. A chain that accepts
    everything before (``lets_all_in``) refuses nothing, and the chains of a table that is asleep have no hook.
    ``accepted``: what is let in; answers to what the host began are not listed. The rules are read with nft and with
    iptables-save; which of the two could be read stands under their names.
    """
    found = _listed(machine)
    ways, listings = found["ways"], found["listings"]
    chains = [chain for rules in listings for chain in rules.chains]
    families, kept = _families(machine), _kept(machine)
    # Without nft's word there may be rules that iptables-save does not see: what it misses is not known to be missing.
    told = ways["nftables"]["state"] == "read" and not ways["nftables"]["flags_unclear"]
    silent = False if told and not ways["iptables"].get("legacy_unseen") else None
    return dict(
        ways,
        active=any(chain["hook"] in HOOKS and (chain["rules"] or chain["policy"] == "drop") for chain in chains)
        or silent,
        families=families,
        default_deny={hook: denies(chains, hook, families) or silent for hook in HOOKS},
        chains=chains,
        rules=sum(rules.rules for rules in listings),
        accepted=[each for rules in listings for each in rules.accepted][:MOST_ACCEPTED],
        counting=_sums(listings),
        logging={
            "rules": sum(rules.logging for rules in listings),
            "prefixes": [prefix for rules in listings for prefix in rules.prefixes],
        },
        management=[_manager(machine, name, kept) for name in sorted(_MANAGERS)],
        kept_in=kept,
        versions={name: packages(machine)[name] for name in _PROGRAMS if name in packages(machine)},
        conntrack=_conntrack(machine),
    )


def _listed(machine: Machine) -> "Dict[str, Any]":
    """Read both. A table may stand in both: nft's listing, which lacks iptables' targets, gives way then."""
    listings = []  # type: List[Rules]
    own = set()  # type: Set[Tuple[str, str]]
    ways = {"iptables": part(lambda: _iptables(machine, listings, own))}
    ways["nftables"] = part(lambda: _nft(machine, listings, own))
    return {"ways": ways, "listings": listings}


def _nft(machine: Machine, listings: "List[Rules]", own: "Set[Tuple[str, str]]") -> "Dict[str, Any]":
    output = machine.run("nft")
    if output.status:
        denied = "permitted" in output.errors
        raise Unread("permission" if denied else "target", "nft: %s" % output.errors.strip()[:200])
    from probes.host.agent.nftables import asleep, nftables  # noqa: PLC0415 - where there are rules to be understood

    told = json.loads(output.text)
    entries = [value for entry in told["nftables"] for value in entry.values()]
    kept = [entry for entry, value in zip(told["nftables"], entries) if _table(value) not in own]
    listings.append(nftables({"nftables": kept}))
    sleeping, unclear = asleep(told)
    for chain in (chain for rules in listings for chain in rules.chains):
        if (chain["family"], chain["table"]) in sleeping:
            chain["hook"] = None  # iptables-save lists it as if it were asked
    return {"rules": listings[-1].rules, "flags_unclear": unclear}


def _table(entry: "Dict[str, Any]") -> "Tuple[Any, Any]":
    return entry.get("family"), entry.get("table") or entry.get("name")


def _iptables(machine: Machine, listings: "List[Rules]", own: "Set[Tuple[str, str]]") -> "Dict[str, Any]":
    found, seen, legacy = [], set(), False  # type: List[Rules], Set[Tuple[str, str]], bool
    for name, family in (("iptables", "ip"), ("ip6tables", "ip6")):
        output = machine.run(name)
        if output.status:
            raise Unread("target", "%s-save: %s" % (name, output.errors.strip()[:200]))
        from probes.host.agent.iptables import iptables  # noqa: PLC0415 - where there are rules to be understood

        found.append(iptables(output.text, family))
        if "(nf_tables)" in output.text:
            seen.update((family, chain["table"]) for chain in found[-1].chains)
        legacy = legacy or _LEGACY in output.text + output.errors
    own.update(seen)  # only now: where one of both cannot be read, nft's word on these tables is the only one
    listings.extend(found)
    return {"rules": sum(rules.rules for rules in found), "legacy_unseen": legacy}


def _families(machine: Machine) -> "List[str]":
    """Return the families of addresses under which others may reach this host; ``00`` is IPv6's global scope."""
    place = "/proc/net/if_inet6"
    rows = machine.text(place).splitlines() if machine.there(place) else []
    return ["ip"] + (["ip6"] if any(row.split()[3] == "00" for row in rows) else [])


def _sums(listings: "List[Rules]") -> "Dict[str, int]":
    names = ("rules", "packets", "bytes", "dropped_packets")
    return {name: sum(rules.counting[name] for rules in listings) for name in names}


def _manager(machine: Machine, name: str, kept: "List[Dict[str, Any]]") -> "Dict[str, Any]":
    """Return what is known of one; of one that cannot be seen nothing.

    Raises:
        Unread: it cannot be seen, and no file keeps the rules either: none is told as managing them only if that is so.
    """
    try:
        found = find(machine, _MANAGERS[name])
    except Unread as unread:
        if not kept:
            raise
        return {"name": name, "installed": None, "version": None, "active": None, "detail": unread_part(unread)}
    told = {"name": name, "installed": found["installed"], "version": found["version"], "active": found["running"]}
    if name == "ufw" and found["installed"]:
        detail = part(lambda: _said(machine, "ufw"))
        active = detail["text"].startswith("Status: active") if detail["state"] == "read" else None
        return dict(told, active=active, detail=detail)
    if name == "firewalld" and found["running"]:
        return dict(told, detail=part(lambda: _said(machine, "firewalld")))
    return told


def _said(machine: Machine, name: str) -> "Dict[str, Any]":
    output = machine.run(name)
    if output.status:
        raise Unread("target", "%s: %s" % (name, (output.errors or output.text).strip()[:200]))
    return {"text": output.text[:20000]}


def _kept(machine: Machine) -> "List[Dict[str, Any]]":
    """Return the files that hold the rules: what is kept in a file can be exported, compared and put back."""
    kept = []
    for path in _KEPT:
        if machine.there(path):
            try:
                digest = sha256(machine.raw(path))
            except Unread:
                digest = ""
            changed = int(os.stat(machine.path(path)).st_mtime * 1000)
            kept.append({"path": path, "changed_ms": changed, "sha256": digest or None})
    return kept


def _conntrack(machine: Machine) -> "Any":
    sessions, most = machine.number(_CONNTRACK + "count"), machine.number(_CONNTRACK + "max")
    return None if sessions is None else {"sessions": sessions, "most": most}
