"""From a declared host to a shell on it, however it is reached."""

from collections.abc import Iterator
from contextlib import contextmanager

from probes.clock import Deadline
from probes.host.declared import Host, host_named
from probes.target import Target
from probes.transports.command import Shell
from probes.transports.local import LocalShell
from probes.transports.ssh_opening import SshPlace, ssh_shell


@contextmanager
def shell_on(target: Target, name: str, deadline: Deadline) -> Iterator[Shell]:
    """Give a shell on the declared host of that name; its connection is closed in the end.

    Raises:
        NotSet: no such host is declared; its host key is not known, or has changed; the key file cannot be used.
        NotPermitted: the host refuses the account's keys.
        TargetAway, TimedOut, NetworkDown, Garbage: it cannot be reached, or answers something else than SSH.
    """
    host = host_named(target, name)
    if host.address is None:
        yield LocalShell(host.name)
        return
    with ssh_shell(place_of(target, host), deadline) as shell:
        yield shell


def place_of(target: Target, host: Host) -> SshPlace:
    """Return where and as whom to log in on a host that is not this machine, with the hosts on the way.

    Raises:
        NotSet: the host that it is reached through is not declared.
    """
    return SshPlace(
        name=host.name,
        address=host.address or "",
        port=host.port,
        user=host.user,
        key_file=host.key_file,
        known_hosts=host.known_hosts,
        jump=None if host.jump is None else place_of(target, host_named(target, host.jump)),
    )
