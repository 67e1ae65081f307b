"""The packet filter, on real rules in network namespaces."""

from typing import Any

import pytest

from probes.host.agent.iptables import iptables
from probes.host.agent.rules import denies
from tests.probes.host.agent.apart import need, read_apart

pytestmark = pytest.mark.integration
NFT = """
nft add table inet f
nft 'add chain inet f input { type filter hook input priority 0; policy POLICY; }'
nft 'add chain inet f web'
nft add rule inet f input ct state established,related accept
nft add rule inet f input iifname lo accept
nft add rule inet f input ip saddr 10.0.0.0/8 tcp dport 22 counter accept
nft add rule inet f input jump web
nft 'add rule inet f web tcp dport { 80, 443 } counter accept'
nft add rule inet f web tcp dport 6000-6010 accept
nft 'add rule inet f web udp dport vmap { 53 : accept, 54 : drop }'
"""


def _read(script: str, **more: str) -> Any:
    return read_apart(script, "firewall", **more)["firewall"]


def test_rules_that_refuse_by_default_are_read_with_what_they_let_in() -> None:
    need(nft="nftables")
    last = """nft add rule inet f input limit rate 5/minute log prefix '"denied "' counter drop"""
    data = _read(NFT.replace("POLICY", "drop") + last)["data"]
    assert data["active"]
    assert data["default_deny"] == {"input": True, "forward": False, "output": False}
    told = {(each["protocol"], each["port"], each["from"], each["interface"]) for each in data["accepted"]}
    assert told == {
        (None, None, None, "lo"),
        ("tcp", "22", "10.0.0.0/8", None),
        ("tcp", "80", None, None),
        ("tcp", "443", None, None),
        ("tcp", "6000-6010", None, None),
        ("udp", "53", None, None),
    }
    assert data["logging"] == {"rules": 1, "prefixes": ["denied "]}
    assert data["counting"]["rules"] == 3


def test_a_policy_of_accept_is_no_default_deny_and_a_last_rule_that_drops_all_is_one() -> None:
    need(nft="nftables")
    open_to_all = NFT.replace("POLICY", "accept")
    assert _read(open_to_all)["data"]["default_deny"]["input"] is False
    limited = _read(open_to_all + "nft add rule inet f input limit rate over 5/second drop")["data"]
    assert limited["default_deny"]["input"] is False
    closed = _read(open_to_all + "nft add rule inet f input counter reject")["data"]
    assert closed["default_deny"]["input"] is True


def test_no_rules_are_read_as_none() -> None:
    need(nft="nftables")
    data = _read("true")["data"]
    assert (data["active"], data["rules"], data["default_deny"]["input"]) == (False, 0, False)


def test_a_host_that_others_reach_by_ipv6_is_closed_only_when_that_is_closed_too() -> None:
    need(nft="nftables")
    reached = "ip link add v1 type veth peer v2; ip -6 address add 2001:db8::1/64 dev v1 nodad\n"
    only_four = NFT.replace("POLICY", "drop").replace("inet f", "ip f")
    assert _read(only_four)["data"]["default_deny"]["input"] is True
    data = _read(reached + only_four)["data"]
    assert (data["families"], data["default_deny"]["input"]) == (["ip", "ip6"], False)
    assert _read(reached + NFT.replace("POLICY", "drop"))["data"]["default_deny"]["input"] is True


def test_packets_that_were_refused_are_counted() -> None:
    need(nft="nftables")
    refused = (
        "nft insert rule inet f input tcp dport 81 counter drop; timeout 1 bash -c '</dev/tcp/127.0.0.1/81' || true"
    )
    data = _read(NFT.replace("POLICY", "drop") + refused)["data"]
    assert data["counting"]["dropped_packets"] > 0


def test_without_root_the_rules_are_not_told() -> None:
    need(nft="nftables")
    data = _read(NFT.replace("POLICY", "drop"), account="nobody")["data"]
    assert data["default_deny"]["input"] is None
    assert data["active"] is None
    assert data["nftables"]["cause"] == "permission"


def test_rules_of_iptables_are_read_by_their_own_program() -> None:
    need(iptables="iptables")
    hidden = "mount --bind /dev/null /usr/sbin/nft"
    legacy = """
    iptables-nft -P INPUT DROP
    iptables-nft -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
    iptables-nft -A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT
    iptables-nft -A INPUT -s 10.0.0.0/8 -p tcp --dport 22 -j ACCEPT
    iptables-nft -A INPUT -j LOG --log-prefix 'no: '
    iptables-nft -A FORWARD -j REJECT
    """
    data = _read(f"{legacy}\n{hidden}")["data"]
    assert data["nftables"]["state"] == "unread"
    assert data["iptables"]["state"] == "read"
    assert data["default_deny"] == {"input": True, "forward": True, "output": None}
    assert {(each["port"], each["from"]) for each in data["accepted"]} == {
        ("80", None),
        ("443", None),
        ("22", "10.0.0.0/8"),
    }
    assert data["logging"]["prefixes"] == ["no: "]
    by_nft = _read(legacy)["data"]
    assert by_nft["default_deny"] == {"input": True, "forward": True, "output": False}


def test_older_rules_that_neither_listing_has_are_not_taken_for_missing() -> None:
    need(nft="nftables", iptables="iptables")
    beside = """
    iptables-nft -P INPUT ACCEPT
    iptables-legacy -P INPUT DROP
    """
    data = _read(beside)["data"]
    assert data["iptables"]["legacy_unseen"] is True
    assert data["default_deny"]["input"] is None
    assert _read("iptables-nft -P INPUT ACCEPT")["data"]["default_deny"]["input"] is False


def test_a_chain_that_only_output_reaches_lets_nothing_in() -> None:
    saved = (
        "*filter\n:INPUT DROP [7:400]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [1:2]\n:out - [0:0]\n"
        "[5:300] -A OUTPUT -j out\n[5:300] -A out -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n"
    )
    rules = iptables(saved, "ip")
    assert rules.accepted == []
    assert rules.counting["dropped_packets"] == 7


@pytest.mark.parametrize(
    ("rule", "denied"),
    [
        ("accept", False),
        ("counter accept", False),
        ("meta l4proto tcp accept", False),
        ("ct state new,established accept", False),
        ("ip saddr 0.0.0.0/0 accept", False),
        ("jump open", False),
        ("meta l4proto icmp accept", True),
        ("tcp dport 22 accept", True),
        ("iifname lo accept", True),
        ("ct state established accept", True),
    ],
)
def test_a_rule_that_lets_all_in_leaves_no_default_though_the_policy_drops(rule: str, denied: bool) -> None:
    need(nft="nftables")
    script = NFT.replace("POLICY", "drop") + "nft add chain inet f open\nnft add rule inet f open accept\n"
    last = f"nft add rule inet f input {rule}\nnft add rule inet f input drop"
    data = _read(script + last)["data"]
    assert data["default_deny"]["input"] is denied


def test_a_table_that_is_asleep_refuses_nothing() -> None:
    need(nft="nftables")
    sleeping = NFT.replace("POLICY", "drop").replace("add table inet f", "'add table inet f { flags dormant; }'")
    data = _read(sleeping)["data"]
    assert not data["default_deny"]["input"]
    assert not data["active"]
    assert {chain["hook"] for chain in data["chains"]} == {None}


def test_where_only_one_listing_of_iptables_is_to_be_had_nfts_stays() -> None:
    need(nft="nftables", iptables="iptables")
    broken = "iptables-nft -P INPUT DROP\nmount --bind /bin/false /usr/sbin/ip6tables-save\n"
    data = _read(broken)["data"]
    assert data["iptables"]["state"] == "unread"
    assert (data["active"], data["default_deny"]["input"]) == (True, True)


@pytest.mark.parametrize(
    ("rules", "denied"),
    [
        (("-A INPUT -j ACCEPT",), False),
        (('-A INPUT -m comment --comment "not -i lo" -j ACCEPT',), False),
        (("-A INPUT -p tcp -j ACCEPT",), False),
        (("-A INPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT",), False),
        (("-A INPUT -m state --state NEW -j ACCEPT",), False),
        (("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",), True),
        (("-A INPUT -j open", "-A open -j ACCEPT"), False),
        (("-A INPUT -j open", "-A open -j RETURN", "-A open -j ACCEPT"), True),
        (("-A INPUT -j open", "-A open -j INPUT"), True),
        (("-A INPUT -i lo -j ACCEPT", "-A INPUT -j LOG"), True),
        (("-A INPUT -j DROP", "-A INPUT -j ACCEPT"), True),
        (("-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT",), True),
    ],
)
def test_what_lets_all_in_before_the_policy_leaves_no_default(rules: tuple[str, ...], denied: bool) -> None:
    lines = "".join(f"[0:0] {rule}\n" for rule in rules)
    saved = f"*filter\n:INPUT DROP [0:0]\n:open - [0:0]\n{lines}COMMIT\n"
    assert denies(iptables(saved, "ip").chains, "input", ["ip"]) is denied
