"""The environment variables by which ``launch`` speaks to the processes that it starts. One of them is a secret."""

from typing import Final

from profiles.plan import SECRET_VARIABLE

SECRET: Final = SECRET_VARIABLE
"""The run's secret."""

PLAN: Final = "DUHENG_LOAD_PLAN"
"""Master: path of the plan."""

TOLD: Final = "DUHENG_LOAD_TOLD"
"""Master: number of the descriptor to which it tells its port, and each line of the record, as JSON lines."""

LOCAL: Final = "DUHENG_LOAD_LOCAL"
"""Master: how many workers are on its machine, and bring their numbers along."""

WORKER: Final = "DUHENG_LOAD_WORKER"
"""Worker on the master's machine: its number, from 0."""

WEB: Final = "DUHENG_LOAD_WEB"
"""Worker: set where Locust's own page is to show requests, which costs the worker something, and the master memory."""

ALL: Final = (WEB, SECRET, PLAN, TOLD, LOCAL, WORKER)
