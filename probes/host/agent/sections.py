"""The one table of what the agent reads: name to reader. A section is a file here and a line in this table.

A reader takes a ``Machine`` and returns plain JSON with units in its names; what it cannot read is ``Unread``.
"""

from probes.host.agent import (
    age,
    alarms,
    antivirus,
    clock,
    cpu,
    databases,
    disks,
    firewall,
    intrusion,
    memory,
    monitoring,
    network,
    power,
    raid,
    schedule,
    sensors,
    services,
    shares,
    sockets,
    system,
    utilisation,
)
from probes.host.agent.machine import Machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Mapping

SECTIONS: "Mapping[str, Callable[[Machine], Dict[str, Any]]]" = {
    "clock": clock.read,
    "system": system.read,
    "cpu": cpu.read,
    "memory": memory.read,
    "sensors": sensors.read,
    "network": network.read,
    "sockets": sockets.read,
    "disks": disks.read,
    "raid": raid.read,
    "power": power.read,
    "age": age.read,
    "services": services.read,
    "shares": shares.read,
    "firewall": firewall.read,
    "antivirus": antivirus.read,
    "intrusion": intrusion.read,
    "monitoring": monitoring.read,
    "databases": databases.read,
    "schedule": schedule.read,
    "utilisation": utilisation.read,
    "alarms": alarms.read,
}
