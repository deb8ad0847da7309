"""
The naive first version of the hand-over, as settings and one view.

Django's defaults for the database; the same rows read, checked, then written one after the other.
"""

import dj_database_url

from traitdunion.project.settings import *  # noqa: F403
from traitdunion.project.settings import DATABASE_URL

DATABASES = {"default": dict(dj_database_url.parse(DATABASE_URL))}
ROOT_URLCONF = "benchmarks.hand_over_naive_urls"
