"""How the demo shop keeps passwords."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class FewRounds(PBKDF2PasswordHasher):
    """PBKDF2 with as many rounds as a shop of no worth needs: the examination logs in some forty times."""

    iterations = 50_000
