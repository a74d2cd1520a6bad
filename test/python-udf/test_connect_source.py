"""Functions of scripts and cells: which source is sent, and what is refused."""

from __future__ import annotations

import json
import linecache
from typing import Any

import pytest
from connect_support import CELLS, ROOT, run_python

from millstream._client.module_source import NotSource, module_source

_PRELUDE = "import math\nimport json as j\nfrom decimal import Decimal\nfrom millstream import *\n"


def _cell(text: str, name: str = "<test cell>") -> dict[str, Any]:
    """The names that a cell defines, in a module of its own that calls itself `__main__`."""
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(text, name, "exec", dont_inherit=True), namespace)
    return namespace


def _run(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "sent"}
    exec(source, namespace)
    return namespace


def test_a_function_brings_imports_constants_classes_and_functions_that_it_uses() -> None:
    cell = _cell(
        _PRELUDE
        + "LIMITS = {'low': (1, 2.5)}\n"
        + "unused = object()\n"
        + "class Box:\n    def __init__(self, x): self.x = x + LIMITS['low'][0]\n"
        + "def inner(x):\n    unused = j.dumps([x])\n    return Box(math.floor(x)).x, unused\n"
        + "@udf\ndef outer(x: float) -> str:\n    return str(inner(x)) + str(Decimal(1))\n"
    )

    source, _ = module_source("outer", cell)

    assert "object()" not in source
    assert _run(source)["outer"](2.5) == "(3, '[2.5]')1"


def test_functions_that_call_each_other_are_both_sent() -> None:
    cell = _cell(
        "def even(n):\n    return n == 0 or odd(n - 1)\ndef odd(n):\n    return n != 0 and even(n - 1)\n"
    )

    assert _run(module_source("even", cell)[0])["even"](10) is True


def test_a_function_object_that_was_assigned_is_sent_as_its_assignment() -> None:
    cell = _cell(_PRELUDE + "twice = udf(lambda x: x * 2, input_types=['BIGINT'], result_type='BIGINT')\n")

    assert _run(module_source("twice", cell)[0])["twice"](4) == 8


def test_annotations_that_were_text_stay_text() -> None:
    cell = _cell("from __future__ import annotations\ndef f(x: Later) -> Later:\n    return x\n")

    assert _run(module_source("f", cell)[0])["f"].__annotations__ == {"x": "Later", "return": "Later"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("model = object()\ndef f(x):\n    return model\n", "model"),
        ("exec('def g(x): pass')\ndef f(x):\n    return g(x)\n", "g"),
        ("exec('def f(x): pass')\n", "f"),
    ],
)
def test_what_cannot_be_written_down_is_named(text: str, what: str) -> None:
    with pytest.raises(NotSource, match=f"^{what}$"):
        module_source("f", _cell(text))


@pytest.fixture(scope="module")
def printed_by_script() -> str:
    ran = run_python("examples/python/weather.py")
    assert ran.stderr == ""
    return ran.stdout


def test_the_script_example_prints_what_its_readme_says(printed_by_script: str) -> None:
    readme = (ROOT / "examples/python/README.md").read_text()
    lines = readme.split("It prints\n\n")[1].split("\n\n")[0].splitlines()

    assert printed_by_script.splitlines() == [line.strip() for line in lines]


def test_the_notebook_example_prints_the_same_as_the_script(printed_by_script: str) -> None:
    notebook = json.loads((ROOT / "examples/python/weather.ipynb").read_text())
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]

    ran = run_python("-c", CELLS, stdin=json.dumps(cells), folder=ROOT / "examples/python")

    assert (ran.stdout, ran.stderr) == (printed_by_script, "")


def test_the_examples_of_the_documentation_run() -> None:
    page = (ROOT / "docs/python-api.md").read_text()
    cells = [block.split("```")[0] for block in page.split("```python\n")[1:]]

    ran = run_python("-c", CELLS, stdin=json.dumps(cells))

    assert len(cells) > 4
    assert (ran.stderr, ran.returncode) == ("", 0)
