"""What a worker needs in every environment: pyarrow, pyzmq and msgspec."""

from __future__ import annotations

import importlib.metadata as metadata
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Oldest versions, as in the requirements of the package itself.
OLDEST = {"pyarrow": "14", "pyzmq": "25", "msgspec": "0.18"}
#: Importable names, in the same order.
MODULES = ("pyarrow", "zmq", "msgspec")


def harness_requirements() -> list[str]:
    """As lines of a requirements file."""
    return [f"{name}>={oldest}" for name, oldest in OLDEST.items()]


def own_harness() -> dict[str, str]:
    """Versions of the harness in this Python; with `millstream` where that is installed as files."""
    found = {}
    for name in (*OLDEST, "millstream"):
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        if name in OLDEST or any(str(file) == "millstream/__init__.py" for file in distribution.files or ()):
            found[name] = distribution.version
    return found


def link_harness(names: Iterable[str], site_packages: Path) -> None:
    """Puts installed packages of this Python into another environment of the same version.

    Hard links take no room and stay what they are when this Python is changed; else they are copies.
    """
    for name in names:
        distribution = metadata.distribution(name)
        for source, relative in _files(distribution):
            target = site_packages / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                _link(source, target)


def _files(distribution: metadata.Distribution) -> Iterator[tuple[Path, Path]]:
    """(path, path in site-packages); compiled files too, scripts outside of it not."""
    for file in distribution.files or ():
        if file.parts[0] == ".." or file.is_absolute():
            continue
        source = Path(str(distribution.locate_file(file)))
        if source.is_file():
            yield source, Path(file)
        compiled = f"__pycache__/{file.stem}.{sys.implementation.cache_tag}.pyc"
        if (
            file.suffix == ".py"
            and source.with_name("__pycache__").is_dir()
            and (source.parent / compiled).is_file()
        ):
            yield source.parent / compiled, Path(file).parent / compiled


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source.resolve(), target)
    except OSError:
        shutil.copy2(source, target)
