"""What the agent is asked for, by its command line; ``argparse`` is imported where a person may have typed it only."""

from probes.host.agent.sections import SECTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

_OPTIONS = {
    "sections": {"default": "", "help": "names, joined by commas (default: all)"},
    "sudo": {"action": "store_true", "default": False, "help": "use `sudo -n` for the commands that want root"},
    "mark": {"default": "", "help": "a word to print before and after the document"},
    "seconds": {"type": int, "default": 0, "help": "end after so many seconds, whatever happens"},
    "sample": {"type": float, "default": 0.0, "metavar": "SECONDS", "help": "sample the load until ended"},
    "spool": {"default": "", "help": "where the samples go (default: /var/lib/duheng, or at home)"},
    "watch": {"type": float, "default": 0.0, "metavar": "SECONDS", "help": "look closely for so long, then tell"},
    "every": {"type": float, "default": 0.5, "metavar": "SECONDS", "help": "of --watch: between two looks"},
    "until": {"default": "", "metavar": "FILE", "help": "of --watch: end once this file is there"},
}  # type: Dict[str, Dict[str, Any]]


def given_by(arguments: "List[str]") -> "Dict[str, Any]":
    """Return the value of each option by its name; ``sections`` as a list.

    Raises:
        SystemExit: the command line is not understood, or asks for help, which has been printed.
    """
    given = _plain(arguments)
    if given is None:
        return _parsed(arguments)
    return given


def _plain(arguments: "List[str]") -> "Optional[Dict[str, Any]]":
    """Return the options of a command line as a program writes it; None of any other."""
    given = {name: option["default"] for name, option in _OPTIONS.items()}
    words = iter(arguments)
    for word in words:
        name = word[2:]
        if not word.startswith("--") or name not in _OPTIONS:
            return None
        option = _OPTIONS[name]
        try:
            given[name] = "action" in option or option.get("type", str)(next(words))
        except (ValueError, StopIteration):
            return None
    given["sections"] = [name for name in given["sections"].split(",") if name]
    return given if set(given["sections"]) <= set(SECTIONS) else None


def _parsed(arguments: "List[str]") -> "Dict[str, Any]":
    import argparse  # noqa: PLC0415 - takes longer than many a section

    about = "Print what this host says of itself, as one JSON document."
    parser = argparse.ArgumentParser(prog="python3 -m probes.host.agent", description=about)
    for name, option in _OPTIONS.items():
        parser.add_argument("--" + name, **option)
    given = vars(parser.parse_args(arguments))
    given["sections"] = [name for name in given["sections"].split(",") if name]
    unknown = [name for name in given["sections"] if name not in SECTIONS]
    if unknown:
        parser.error("no such section: %s; there are: %s" % (", ".join(unknown), ", ".join(SECTIONS)))
    return given
