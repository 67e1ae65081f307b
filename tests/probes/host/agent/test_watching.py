"""The kernel's counters of lost packets, and behind which interfaces there is a device."""

from pathlib import Path

from probes.host.agent.machine import Machine
from probes.host.agent.watching import counters


def _interface(root: Path, name: str, *, device: bool, **counted: int) -> None:
    statistics = root / "sys/class/net" / name / "statistics"
    statistics.mkdir(parents=True)
    for counter, value in counted.items():
        (statistics / counter).write_text(f"{value}\n", encoding="ascii")
    if device:
        (root / "sys/class/net" / name / "device").mkdir()


def test_a_wire_has_a_device_and_a_tunnel_has_none(tmp_path: Path) -> None:
    _interface(tmp_path, "eth0", device=True, tx_dropped=3, rx_fifo_errors=1)
    _interface(tmp_path, "wg0", device=False, tx_dropped=7)
    _interface(tmp_path, "lo", device=False, tx_dropped=9)
    told = counters(Machine(str(tmp_path)))
    assert told["interfaces"] == {"eth0": {"tx_dropped": 3, "rx_fifo": 1}, "wg0": {"tx_dropped": 7}}
    assert told["hardware"] == ["eth0"]
