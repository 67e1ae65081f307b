"""The sudoers file that lets an account run what the agent's list names, as root and without a password."""

import re

from probes.host.agent.commands import COMMANDS, DEVICE, DEVICES, Command

_SPECIAL = re.compile(r"([,:=\\ *?\[\]!])")


def sudoers(user: str) -> str:
    """Return the text of ``/etc/sudoers.d/duheng`` for an account; ``visudo -c`` accepts it."""
    heading = [
        "# Duheng: reads of the agent that want root; nothing in it writes. Install it with:",
        "#   visudo -c -f FILE && install -m 0440 FILE /etc/sudoers.d/duheng",
    ]
    lines = [
        f"{_escaped(user)} ALL=(root) NOPASSWD: {line}"
        for command in COMMANDS.values()
        if command.root
        for line in _lines(command)
    ]
    return "\n".join([*heading, *dict.fromkeys(lines)]) + "\n"


def _lines(command: Command) -> list[str]:
    if not command.arguments:
        return [f'{command.path} ""']  # without the quotes: any arguments
    devices = DEVICES if DEVICE in command.arguments else ("",)
    return [
        " ".join([command.path, *(device if part == DEVICE else _escaped(part) for part in command.arguments)])
        for device in devices
    ]


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
