"""Run tests in a process that gevent has patched, as Locust's processes are: ``python -m tests.profiles.patched FILE``.

The files here are for this alone; ``tests/profiles/test_patched.py`` runs them.
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - nothing may be imported before the process is patched

import pytest  # noqa: E402

if __name__ == "__main__":
    sys.exit(pytest.main(["-p", "no:cacheprovider", *sys.argv[1:]]))
