"""Random tests draw the same examples in every run and leave nothing behind."""

from hypothesis import settings

settings.register_profile("millstream", derandomize=True, database=None, deadline=None)
settings.load_profile("millstream")
