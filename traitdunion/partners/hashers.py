"""
The cost of a password: enough for an attacker, not so much that thirty thousand mentors wait.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """
    Argon2id, 19 MiB, two passes, one lane: OWASP's first choice.

    About 33 ms where Django's own parameters take 265 to 341 (decision 0010).
    """

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1
