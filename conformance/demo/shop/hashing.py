"""Django's own password hasher, its rounds from the environment: for tests that log in a thousand times."""

import os

from django.contrib.auth.hashers import PBKDF2PasswordHasher

ROUNDS = "DUHENG_DEMO_HASH_ROUNDS"


class FewRounds(PBKDF2PasswordHasher):
    """PBKDF2 with ``DUHENG_DEMO_HASH_ROUNDS`` rounds; the demo itself never sets it and keeps Django's million."""

    iterations = int(os.environ.get(ROUNDS, PBKDF2PasswordHasher.iterations))
