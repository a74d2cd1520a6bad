"""Random tests draw the same examples in every run and leave nothing behind; the long suite draws more."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

EXAMPLES = 2_000 if os.environ.get("MILLSTREAM_LONG") == "1" else 200

settings.register_profile("millstream", derandomize=True, database=None, deadline=None, max_examples=EXAMPLES)
settings.load_profile("millstream")


@pytest.fixture(scope="session", autouse=True)
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What jobs save, and what running ones say of themselves, goes to folders of the tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("MILLSTREAM_CACHE_DIR", str(folder))
        patch.setenv("MILLSTREAM_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        yield folder
