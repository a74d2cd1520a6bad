"""Random tests draw the same examples in every run and leave nothing behind; the long suite draws more."""

import os

from hypothesis import settings

EXAMPLES = 10_000 if os.environ.get("MILLSTREAM_LONG") == "1" else 200

settings.register_profile("millstream", derandomize=True, database=None, deadline=None, max_examples=EXAMPLES)
settings.load_profile("millstream")
