"""Archives unpacked once into the cache folder, named by what is in them.

Formats: zip, tar, tar.gz, tar.bz2, tar.xz, tar.zst.
"""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import zipfile
from pathlib import Path
from typing import Any

from ..errors import EnvironmentError, ErrorDetails
from .cache_lock import locked
from .say import Say

_ZSTD = b"\x28\xb5\x2f\xfd"


def unpack(*, say: Say, cache: str, file: str, sha256: str) -> dict[str, Any]:
    """Unpacks `file` into `archives/<hash>` of the cache folder and returns that folder.

    Raises:
        EnvironmentError: ENV_ARCHIVE for what is no such archive, and for names that lead out of it.
    """
    folder = Path(cache) / "archives"
    final = folder / sha256
    with locked(folder / f".{sha256}.lock", say, f"Another process is unpacking {file} …"):
        if not final.is_dir():
            say(f"Unpacking {file} …")
            building = folder / f".{sha256}.building"
            shutil.rmtree(building, ignore_errors=True)
            try:
                building.mkdir(parents=True)
                _unpack(file, building)
                building.rename(final)
            finally:
                shutil.rmtree(building, ignore_errors=True)
    return {"folder": str(final)}


def _unpack(file: str, folder: Path) -> None:
    try:
        if zipfile.is_zipfile(file):
            _unpack_zip(file, folder)
        elif _starts_with(file, _ZSTD):
            import pyarrow as pa

            with (
                pa.CompressedInputStream(pa.OSFile(file), "zstd") as stream,
                tarfile.open(fileobj=stream, mode="r|") as archive,
            ):
                _unpack_tar(archive, file, folder)
        else:
            with tarfile.open(file) as archive:
                _unpack_tar(archive, file, folder)
    except EnvironmentError:
        raise
    except (OSError, EOFError, ValueError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise EnvironmentError(
            "ENV_ARCHIVE",
            f"The archive {file} cannot be unpacked: {error}.",
            hint="It has to be a zip, tar, tar.gz, tar.bz2, tar.xz or tar.zst file that is complete.",
            details=ErrorDetails(file=file),
        ) from error


def _starts_with(file: str, magic: bytes) -> bool:
    with open(file, "rb") as stream:
        return stream.read(len(magic)) == magic


def _unpack_tar(archive: tarfile.TarFile, file: str, folder: Path) -> None:
    for member in archive:
        _check_name(file, member.name, folder)
        # A virtual environment links to its interpreter, outside; nothing may be written through a link.
        archive.extract(member, folder, filter="tar")


def _unpack_zip(file: str, folder: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            target = _check_name(file, member.filename, folder)
            mode = member.external_attr >> 16
            if stat.S_ISLNK(mode):
                target.parent.mkdir(parents=True, exist_ok=True)
                os.symlink(archive.read(member).decode(), target)
                continue
            archive.extract(member, folder)
            if mode and not member.is_dir():
                target.chmod(stat.S_IMODE(mode) & 0o755 | stat.S_IRUSR | stat.S_IWUSR)


def _check_name(archive: str, name: str, folder: Path) -> Path:
    target = folder / name
    # Links that were unpacked before are followed: what is written must stay below the folder.
    inside = Path(os.path.realpath(target.parent)).is_relative_to(os.path.realpath(folder))
    if inside and ".." not in Path(name).parts and not os.path.isabs(name):
        return target
    raise EnvironmentError(
        "ENV_ARCHIVE",
        f"The archive {archive} has the name {name!r}, which leads out of it; it was not unpacked.",
        hint="Pack it again, with names relative to its top folder.",
    )
