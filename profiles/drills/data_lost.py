"""A general disaster: a service is killed and its data are gone; the medium still serves, and so do the backups."""

from profiles.drills.fault import Entry, Fault, Scripts
from profiles.drills.losing import NEEDS, STAYS, losing


def scripts(entry: Entry) -> Scripts:
    """Return the texts for an entry."""
    return losing(entry)


FAULT = Fault(
    name="data-lost",
    en="a service is killed and its data are lost; the way back restores them",
    zh="服务终止且数据丢失，由恢复手段从备份恢复",
    kind="general",
    scripts=scripts,
    needs=NEEDS,
    cannot_be_reverted=STAYS,
)
