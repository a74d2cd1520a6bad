"""Importing functions by name: what is found, and what the errors say."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from millstream import UdfError
from millstream._execution import load_functions

FUNCTIONS = """
from millstream import udf

@udf
def shout(text: str) -> str:
    return text.upper()

def plain(x: int) -> int:
    return x

def untyped(x):
    return x

class Holder:
    inner = staticmethod(shout)

number = 5
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    path, modules = list(sys.path), set(sys.modules)
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def load_error(
    folder: Path, target: str, source: str | None = None, module: str = "udfs_under_test"
) -> UdfError:
    if source is not None:
        (folder / f"{module}.py").write_text(source)
    with pytest.raises(UdfError) as caught:
        load_functions([str(folder)], [("f", target)])
    return caught.value


def test_functions_are_loaded_in_the_order_asked(folder: Path) -> None:
    (folder / "loaded_a.py").write_text(FUNCTIONS)

    loaded = load_functions([str(folder)], [("p", "loaded_a.plain"), ("s", "loaded_a.shout")])

    assert [(f.name, f.declaration["target"], f.declaration["result"]) for f in loaded] == [
        ("p", "loaded_a.plain", "BIGINT"),
        ("s", "loaded_a.shout", "STRING"),
    ]
    assert loaded[1].declaration["file"] == str(folder / "loaded_a.py")


def test_python_files_zip_files_packages_and_nested_names_are_found(folder: Path) -> None:
    (folder / "loaded_b.py").write_text(FUNCTIONS)
    (folder / "pack" / "inner").mkdir(parents=True)
    (folder / "pack" / "__init__.py").write_text("")
    (folder / "pack" / "inner" / "__init__.py").write_text(FUNCTIONS)
    archive = folder / "zipped.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("loaded_c.py", FUNCTIONS)
    targets = ["loaded_b.Holder.inner", "pack.inner.shout", "loaded_c.shout"]

    loaded = load_functions([str(folder / "loaded_b.py"), str(archive)], [(t, t) for t in targets])

    assert [f.declaration["result"] for f in loaded] == ["STRING"] * 3


def test_paths_are_added_once_and_in_front(folder: Path) -> None:
    load_functions([str(folder)], [])
    load_functions([str(folder)], [])

    assert sys.path[0] == str(folder)
    assert sys.path.count(str(folder)) == 1


def test_a_module_that_does_not_exist_lists_near_ones(folder: Path) -> None:
    (folder / "embeddings.py").write_text("")

    error = load_error(folder, "embedings.f")

    assert error.code == "UDF_IMPORT"
    assert "no module `embedings`" in str(error) and "Did you mean embeddings?" in str(error)


def test_a_name_that_does_not_exist_lists_near_functions(folder: Path) -> None:
    error = load_error(folder, "udfs_under_test.shuot", FUNCTIONS)

    assert error.code == "UDF_NOT_FOUND"
    assert "Did you mean shout?" in str(error)
    assert error.details.file == str(folder / "udfs_under_test.py")


def test_an_exception_during_import_shows_the_users_frames_only(folder: Path) -> None:
    (folder / "helper_under_test.py").write_text("def work():\n    return 1 / 0\n")

    error = load_error(folder, "udfs_under_test.f", "import helper_under_test\n\nhelper_under_test.work()\n")

    assert error.code == "UDF_IMPORT"
    assert "ZeroDivisionError" in str(error)
    assert (error.details.file, error.details.line) == (str(folder / "helper_under_test.py"), 2)
    lines = (error.details.traceback or "").splitlines()
    assert "udfs_under_test.py" in lines[1]
    assert "importlib" not in (error.details.traceback or "")


def test_a_missing_import_inside_the_module_is_the_modules_error(folder: Path) -> None:
    error = load_error(folder, "udfs_under_test.f", "import not_installed_at_all\n")

    assert error.code == "UDF_IMPORT"
    assert "No module named 'not_installed_at_all'" in str(error)
    assert error.details.line == 1


def test_a_syntax_error_shows_its_line(folder: Path) -> None:
    error = load_error(folder, "udfs_under_test.f", "x = 1\ndef broken(:\n    pass\n")

    assert error.code == "UDF_IMPORT"
    assert "SyntaxError: invalid syntax at udfs_under_test.py:2" in str(error)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("udfs_under_test.untyped", "UDF_NO_TYPES"),
        ("udfs_under_test.number", "UDF_DECLARATION"),
        ("udfs_under_test.shout.nothing", "UDF_NOT_FOUND"),
        ("shout", "UDF_NOT_FOUND"),
        ("udfs_under_test.", "UDF_NOT_FOUND"),
    ],
)
def test_what_is_found_but_is_no_declared_function_is_refused(folder: Path, target: str, code: str) -> None:
    error = load_error(folder, target, FUNCTIONS)

    assert error.code == code
    assert error.details.function == "f"


def test_an_option_refused_while_importing_keeps_its_code(folder: Path) -> None:
    source = "from millstream import udf\n\n@udf(timeout='soon')\ndef f(x: int) -> int:\n    return x\n"

    error = load_error(folder, "udfs_under_test.f", source)

    assert error.code == "UDF_OPTION"
    assert error.details.function == "f"


def test_an_annotation_that_is_imported_for_type_checkers_only_is_explained(folder: Path) -> None:
    source = (
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from decimal import Decimal\n\ndef f(x: Decimal) -> int:\n    return 1\n"
    )

    error = load_error(folder, "udfs_under_test.f", source)

    assert error.code == "UDF_TYPE"
    assert "'Decimal' is not defined" in str(error) and "at run time" in str(error)
