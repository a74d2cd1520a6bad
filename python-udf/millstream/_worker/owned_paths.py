"""What a dead core leaves behind and somebody else must remove: noted from its commands, in their order."""

from __future__ import annotations

from collections.abc import Iterable

from . import zygote_cleanup
from .zygote_protocol import Command, Fork, Guard, Own, Release


class OwnedPaths:
    """Cgroups, private folders, sockets, and unfinished output."""

    def __init__(self) -> None:
        self._cgroups: set[str] = set()
        self._folders: set[str] = set()
        self._endpoints: set[str] = set()
        self._guarded: dict[str, Guard] = {}

    def note(self, command: Command) -> None:
        """Takes in what a command says of this; a command that is about something else changes nothing."""
        match command:
            case Own():
                self._cgroups.update(command.cgroups)
                self._folders.update(command.folders)
            case Fork():
                self._cgroups.update(command.cgroups)
                endpoints = command.arguments.control_endpoint, command.arguments.data_endpoint
                self._endpoints.update(endpoints)
            case Guard():
                self._guarded[command.name] = command
            case Release():
                self._guarded.pop(command.name, None)
            case _:
                pass

    def remove(self, leaders: Iterable[int] = (), child_fd: int | None = None) -> None:
        """Kills the groups of `leaders`, what is in the cgroups and all below this process; removes the rest.

        `child_fd` is readable when a child of this process has ended; None: there is no such descriptor.
        """
        zygote_cleanup.kill_everything(leaders, self._cgroups, child_fd)
        zygote_cleanup.remove_cgroups(self._cgroups)
        zygote_cleanup.unlink_endpoints(self._endpoints)
        zygote_cleanup.remove_folders(self._folders)
        zygote_cleanup.remove_unfinished(
            [file for guarded in self._guarded.values() for file in guarded.files],
            # The first made the folder that the others are in.
            [folder for guarded in reversed(self._guarded.values()) for folder in guarded.folders],
        )
