"""Answers `import pyflink…` where PyFlink is not installed, so that files written for it run unchanged.

What functions are written with is Millstream's own: types, `Row`, the decorators and the base classes. What
needs a running Flink can be imported and not used. Where PyFlink is installed, its objects are understood.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from .modules import MODULES, fill_module, is_for_pipelines, missing_name


def install() -> None:
    """Adds the import hook, once, unless PyFlink is installed."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    if "pyflink" in sys.modules or importlib.util.find_spec("pyflink") is not None:
        return
    sys.meta_path.append(_Finder())


class _Finder(MetaPathFinder, Loader):
    """Finds and makes the modules of the shim; comes last, after everything that is installed."""

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname in MODULES or is_for_pipelines(fullname):
            return ModuleSpec(fullname, self, is_package=True)
        if fullname.startswith("pyflink."):
            raise missing_name(fullname)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        fill_module(module)
