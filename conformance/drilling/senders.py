"""The one table of senders: name of a fault to what is sent for it from here."""

from collections.abc import Mapping
from types import MappingProxyType

from conformance.drilling.sending import Sender
from conformance.drilling.sending_attacks import attack
from conformance.drilling.sending_flood import flood
from conformance.drilling.sending_virus import drop
from profiles.drills import attack_set, eicar, marked_flood

SENDERS: Mapping[str, Sender] = MappingProxyType(
    {marked_flood.FAULT.name: flood, attack_set.FAULT.name: attack, eicar.FAULT.name: drop}
)
