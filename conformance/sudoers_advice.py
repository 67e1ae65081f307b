"""What the owner of the hosts installs, where the target file lets the agent use sudo."""

from probes.host.declared import hosts_of
from probes.host.sudoers import sudoers
from probes.target import Target
from reports.verdict import Text


def sudoers_advice(target: Target) -> tuple[tuple[Text, str], ...]:
    """Return, for each account that is to use sudo, on which hosts, and the text of the file to install there."""
    accounts: dict[str, list[str]] = {}
    for host in hosts_of(target):
        if host.sudo and host.user:
            accounts.setdefault(host.user, []).append(host.name)
    return tuple(
        (
            Text(
                zh=f"sudo = true：请在 {'、'.join(names)} 上将下文存为 /etc/sudoers.d/duheng：",
                en=f"sudo = true: on {', '.join(names)}, install this as /etc/sudoers.d/duheng:",
            ),
            sudoers(user),
        )
        for user, names in accounts.items()
    )
