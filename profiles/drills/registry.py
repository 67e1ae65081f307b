"""The one table of faults: name to fault."""

from collections.abc import Mapping
from types import MappingProxyType

from profiles.drills import hang, software_crash
from profiles.drills.fault import Fault

FAULTS: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in (software_crash.FAULT, hang.FAULT)})
