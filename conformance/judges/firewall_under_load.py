"""3.1.4.2 the firewall meets the performance need: no packet lost at the peak; else a data sheet has to show it."""

from collections.abc import Mapping
from typing import Any

from conformance.judges.hosts import Declarations, Tell, number, records, unsure, wrong
from conformance.judges.load_hosts import declared_names, sampled, unsampled
from conformance.judges.load_runs import Run, overdone, short_of_peak, undeclared
from reports.verdict import Measured

ROLE = "firewall"
LOST = ("rx_fifo", "rx_missed", "rx_over", "tx_dropped", "tx_fifo", "tx_errors", "rx_errors")
"""Counters of an interface that grow when a packet was lost, and for nothing else."""

AMBIGUOUS = ("tx_dropped", "tx_errors", "rx_errors")
"""Those of them that an interface without a device behind it (a tunnel, a bridge) counts for other reasons too: a peer
that is away, a packet that is refused."""

STRAY_PER_S = 1.0
"""``rx_dropped`` also counts frames of protocols that nobody listens to: fewer of them in a second tell nothing, and
likewise of what is ambiguous."""

_TIMES = 2
_BYTES_S = 125_000


def no_packet_lost(run: Run, declarations: Declarations) -> Tell:
    """Judge one run: a loss at a firewall violates; that there was none leaves the document to be read."""
    names = declared_names(declarations, role=ROLE)
    lost = {name: total for name in names if (total := _lost(run, name)) > 0}
    if lost:
        return _wrong(run, lost)
    if not names:
        return unsure(
            'no host of [[hosts]] has the role "firewall"', '[[hosts]] 中没有角色为 "firewall" 的主机', cause="settings"
        )
    return short_of_peak(run) or unsampled(run, names) or _nothing_lost(run, names, declarations)


def _lost(run: Run, name: str) -> float:
    """Return the packets that a firewall lost; 0 where nothing is known."""
    found = sampled(run, name)
    if found is None:
        return 0.0
    total = sum(_grown(each, key) for each in records(found.get("interfaces")) for key in LOST if _plain(each, key))
    conntrack = found.get("conntrack")
    tracked = conntrack.values() if isinstance(conntrack, Mapping) else ()
    total += sum(max(0.0, number(each) or 0.0) for each in tracked) + (number(found.get("softnet_dropped")) or 0.0)
    stray = _stray(found)
    return total + (stray if stray >= STRAY_PER_S * _seconds(found) else 0.0)


def _stray(found: Mapping[str, Any]) -> float:
    """Return the packets of which the counters do not say whether they were lost."""
    return _unheard(found) + sum(
        _grown(each, key) for each in records(found.get("interfaces")) for key in AMBIGUOUS if not _plain(each, key)
    )


def _unheard(found: Mapping[str, Any]) -> float:
    return sum(_grown(each, "rx_dropped") for each in records(found.get("interfaces")))


def _plain(interface: Mapping[str, Any], key: str) -> bool:
    """Tell whether a counter of an interface means a loss; so it does in evidence that says nothing of a device."""
    return key not in AMBIGUOUS or interface.get("hardware") is not False


def _grown(interface: Mapping[str, Any], key: str) -> float:
    return max(0.0, number(interface.get(key)) or 0.0)


def _seconds(found: Mapping[str, Any]) -> float:
    return max(1.0, ((number(found.get("to_ms")) or 0.0) - (number(found.get("from_ms")) or 0.0)) / 1000)


def _wrong(run: Run, lost: Mapping[str, float]) -> Tell:
    en = "packets were lost at the firewall: " + ", ".join(f"{name} {count:,.0f}" for name, count in lost.items())
    zh = "防火墙出现丢包：" + "，".join(f"{name} {count:,.0f} 个".replace(",", "") for name, count in lost.items())
    if run.peak_per_s is None:
        return undeclared(("load.peak_rate_per_s",))
    if run.beyond:
        return overdone(run, en, zh)
    return wrong(en, zh, shows=en, measured=Measured(metric="packets_lost", value=sum(lost.values())))


def _nothing_lost(run: Run, names: tuple[str, ...], declarations: Declarations) -> Tell:
    found = [told for name in names if (told := sampled(run, name)) is not None]
    mute = [str(each.get("host")) for each in found if not _counted(each)]
    if mute:
        return unsure(
            f"the interfaces of {', '.join(mute)} told no counters",
            f"{'、'.join(mute)} 的接口未给出计数器",
            cause="target",
        )
    unheard = sum(_unheard(each) for each in found)
    stray = sum(_stray(each) for each in found) - unheard
    peak = max((_traffic(each) for each in found), default=0.0) / _BYTES_S
    declared = number((declarations.get(ROLE) or {}).get("throughput_mbit_s"))
    en = f"no packet was lost at {', '.join(names)}, and at most {peak:,.1f} Mbit/s passed"
    zh = f"{'、'.join(names)} 未见丢包，最大流量 {peak:.1f} Mbit/s"
    if unheard:
        en += f"; {unheard:g} received frames were dropped, as frames of unknown protocols are"
        zh += f"；另丢弃 {unheard:g} 个接收帧，与未知协议的帧相符"
    if stray:
        en += f"; {stray:g} packets were not passed on by tunnels or bridges, which do so for other reasons too"
        zh += f"；隧道或网桥另有 {stray:g} 个包未转发，其原因不限于丢包"
    if declared is None:
        en += "; the data sheet has to be read, or its throughput_mbit_s declared in [firewall]"
        zh += "；须另查产品资料，或在 [firewall] 中填写 throughput_mbit_s"
    else:
        enough = declared >= _TIMES * peak
        en += f"; the declared throughput of {declared:g} Mbit/s is {'' if enough else 'not '}twice that, by a document"
        zh += f"；所声明的吞吐量 {declared:g} Mbit/s {'达到' if enough else '未达到'}其两倍，须以文件为证"
    return unsure(en, zh, cause="document", measured=Measured(metric="packets_lost", value=0))


def _counted(found: Mapping[str, Any]) -> bool:
    """Tell whether an interface said what it lost."""
    return any(number(each.get(key)) is not None for each in records(found.get("interfaces")) for key in LOST)


def _traffic(found: Mapping[str, Any]) -> float:
    resources = found.get("resources")
    moved = resources.get("network_bytes") if isinstance(resources, Mapping) else None
    return (number(moved.get("peak")) or 0.0) if isinstance(moved, Mapping) else 0.0
