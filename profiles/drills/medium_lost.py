"""A severe disaster: a service is killed, its data are gone, and so is every backup here; only the remote copy serves.

The places of the local backups come back in any case, also where restored data are held.
"""

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.losing import NEEDS, STAYS, losing


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    return losing(entry, entry["local_backup"])


FAULT = Fault(
    name="medium-lost",
    en="a service is killed, and its data are lost with all local backups; only the remote copy serves",
    zh="服务终止，数据与本地备份全部丢失，只能从异地副本恢复",
    kind="severe",
    scripts=scripts,
    needs=(*NEEDS, ("local_backup",)),
    cannot_be_reverted=STAYS,
)
