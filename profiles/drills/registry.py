"""The one table of faults: name to fault."""

from collections.abc import Mapping
from types import MappingProxyType

from profiles.drills import (
    attack_set,
    certificate_expired,
    cut_off,
    data_lost,
    database_crash,
    disk_full,
    eicar,
    hang,
    marked_flood,
    medium_lost,
    node_off,
    power_cut,
    raid_member,
    software_crash,
    switch_over,
)
from profiles.drills.fault import Fault

FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        fault.name: fault
        for fault in (
            software_crash.FAULT,
            hang.FAULT,
            database_crash.FAULT,
            node_off.FAULT,
            power_cut.FAULT,
            cut_off.FAULT,
            disk_full.FAULT,
            certificate_expired.FAULT,
            raid_member.FAULT,
            data_lost.FAULT,
            medium_lost.FAULT,
            switch_over.FAULT,
            marked_flood.FAULT,
            attack_set.FAULT,
            eicar.FAULT,
        )
    }
)
