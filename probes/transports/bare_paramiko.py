"""paramiko without ``invoke``, which it imports for one word of ``ssh_config`` (``Match exec``): none is read here.

``invoke`` brings ``asyncio``, a YAML reader and more along, and takes as long to import as the rest of paramiko, which
does without where it is not to be had. Whoever imports it himself still can.
"""

import sys

_before = sys.modules.setdefault("invoke", None)  # type: ignore[arg-type] # the import system's own "not to be had"
try:
    import paramiko
finally:
    if _before is None:
        del sys.modules["invoke"]

__all__ = ["paramiko"]
