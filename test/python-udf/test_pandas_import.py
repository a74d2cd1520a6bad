"""pandas in workers: not imported for nothing, and known to pyarrow whenever something imports it."""

import subprocess
import sys

import pytest

pytest.importorskip("pandas")


def test_pandas_is_not_imported_before_somebody_asks_for_it() -> None:
    assert _run("import sys; pa.array([1]); print('pandas' in sys.modules)") == "False"


def test_a_series_is_taken_by_position_when_pandas_comes_late() -> None:
    code = "import pandas as pd; print(pa.array(pd.Series([3, 1, 2]).sort_values()).to_pylist())"
    assert _run(code) == "[1, 2, 3]"


def test_a_pandas_that_only_an_import_hook_finds_is_introduced_too() -> None:
    hook = """
import sys
from importlib.machinery import PathFinder
real = PathFinder.find_spec
PathFinder.find_spec = lambda name, *rest: None if name == "pandas" else real(name, *rest)
class Hook:
    def find_spec(self, name, *rest):
        return real(name, *rest) if name == "pandas" else None
sys.meta_path.append(Hook())
"""
    code = "import pandas as pd; print(pa.array(pd.Series([3, 1, 2]).sort_values()).to_pylist())"
    assert _run(hook + code) == "[1, 2, 3]"


def _run(code: str) -> str:
    start = "from millstream._worker.pandas_import import postpone_pandas; postpone_pandas()"
    program = f"import pyarrow as pa\n{start}\n{code}"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return ran.stdout.strip()
