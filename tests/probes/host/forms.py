"""The two forms in which the agent is sent: as code to a host with our Python, as text to any other."""

import pytest

from probes.host.agent.boot import PYTHON

ANOTHER = "cpython-36-330d0d0a"
both_forms = pytest.mark.parametrize("python", [PYTHON, ANOTHER], ids=["code", "text"])
