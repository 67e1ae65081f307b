"""The checks that hosts and backups tell: where a target declares none, they are undetermined for want of settings."""

from tests.conformance.judges.backup_subjects import BACKUPS
from tests.conformance.judges.host_subjects import HOSTS

MACHINES = frozenset((*BACKUPS, *HOSTS))
