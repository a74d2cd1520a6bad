"""The functions of a file, one line each."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .. import _pyflink
from .functions import declared, import_file, place_of, specified


def list_file(file: Path) -> list[str]:
    """`name(parameter TYPE, …) → TYPE   kind   file:line`. Raises what importing and declaring raise."""
    _pyflink.install()
    sys.path.insert(0, str(file.parent))
    rows: list[tuple[str, str, str]] = []
    for name, value in declared(import_file(file)):
        spec = specified(name, value)
        parameters = ", ".join(f"{p.name} {p.type if p.type is not None else 'ANY'}" for p in spec.parameters)
        form = spec.definition.kind if spec.definition.batch is None else (
            f"{spec.definition.kind}, batch={spec.definition.batch}"
        )  # fmt: skip
        place = f"{os.path.basename(str(file))}:{place_of(value)['line'] or '?'}"
        rows.append((f"{name}({parameters}) → {spec.result}", form, place))
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(2)]
    return [f"{s.ljust(widths[0])}  {k.ljust(widths[1])}  {p}" for s, k, p in rows]
