"""What a sandbox shows and denies, without making one."""

from __future__ import annotations

import errno
import struct
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from worker_support import python_environment

from millstream._worker.sandbox_mounts import mount_arguments, readable_folders
from millstream._worker.sandbox_python import interpreter_folders
from millstream._worker.sandbox_spec import SandboxSpec
from millstream._worker.seccomp_filter import denied_calls, is_supported, seccomp_filter
from millstream._worker.zygote_protocol import Own, encode_command

HOME = "/home/ada"


def spec_of(**changes: object) -> SandboxSpec:
    standard = {
        "level": "standard",
        "kind": "function",
        "python": "python3",
        "working_directory": f"{HOME}/job",
        "network": False,
        "readable": [],
        "granted": [],
        "writable": [],
        "folders": ["/run/ms-1"],
        "environment": [],
        "temporary_bytes": 1 << 20,
    }
    return SandboxSpec(**{**standard, **changes})  # type: ignore[arg-type]


def binds(arguments: list[str]) -> list[tuple[str, str]]:
    """Options with the place that they mount at."""
    options = {"--ro-bind-try": 2, "--ro-bind": 2, "--bind-try": 2, "--dev-bind-try": 2, "--tmpfs": 1}
    return [
        (argument, arguments[i + options[argument]])
        for i, argument in enumerate(arguments)
        if argument in options
    ]


def test_a_virtual_environment_needs_its_own_folders_and_those_of_its_base(tmp_path: Path) -> None:
    base, environment = tmp_path / "base", tmp_path / "environment"
    for folder in (base, environment):
        (folder / "bin").mkdir(parents=True)
    (base / "bin" / "python3").write_text("#!")
    (base / "bin" / "python3").chmod(0o755)
    (environment / "bin" / "python3").symlink_to(base / "bin" / "python3")
    (environment / "pyvenv.cfg").write_text(f"home = {base}/bin\nversion = 3.12\n")

    folders = interpreter_folders(str(environment / "bin" / "python3"), f"{tmp_path}/modules:")

    assert folders == [str(environment), str(base), f"{tmp_path}/modules"]


def test_folders_that_nobody_means_are_left_out_unless_they_are_granted() -> None:
    spec = spec_of(working_directory="/", readable=["/home", "/data"], granted=["/var"])

    assert readable_folders(spec, ["/opt/python"], HOME) == ["/opt/python", "/data", "/var"]


def test_names_with_a_dot_are_hidden_where_the_home_folder_is_shown(tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".netrc").write_text("secret")
    (tmp_path / ".venv").mkdir()
    home = str(tmp_path)
    readable = readable_folders(spec_of(working_directory=home), [f"{home}/.venv"], home)

    mounts = binds(mount_arguments(spec_of(working_directory=home), readable, home))

    assert ("--tmpfs", f"{home}/.ssh") in mounts
    assert ("--ro-bind", f"{home}/.netrc") in mounts
    assert mounts.index(("--ro-bind-try", home)) < mounts.index(("--tmpfs", f"{home}/.ssh"))
    assert [option for option, path in mounts if path == f"{home}/.venv"] == ["--ro-bind-try"]


def test_only_the_folders_of_the_job_and_granted_ones_can_be_written_to() -> None:
    spec = spec_of(writable=["/data/out", "/dev/nvidia0"])

    mounts = binds(mount_arguments(spec, ["/data", f"{HOME}/job"], HOME))

    writable = [(option, path) for option, path in mounts if not option.startswith("--ro")]
    assert sorted(writable) == [
        ("--bind-try", "/data/out"),
        ("--bind-try", "/run/ms-1"),
        ("--dev-bind-try", "/dev/nvidia0"),
        ("--tmpfs", "/dev/shm"),
        ("--tmpfs", "/tmp"),
    ]
    assert mounts.index(("--ro-bind-try", "/data")) < mounts.index(("--bind-try", "/data/out"))


MACHINES = {
    "x86_64": {"audit": 0xC000003E, "read": 0, "ptrace": 101, "clone": 56, "socket": 41, "ioctl": 16},
    "aarch64": {"audit": 0xC00000B7, "read": 63, "ptrace": 117, "clone": 220, "socket": 198, "ioctl": 29},
}
ALLOWED, KILLED = 0x7FFF0000, 0x80000000


def verdict(machine: str, number: int, *arguments: int, audit: int | None = None) -> int:
    """What the filter answers to a call: the few instructions that it uses, as the kernel reads them."""
    data = struct.pack("=IIQ", number, MACHINES[machine]["audit"] if audit is None else audit, 0)
    data += struct.pack("=6Q", *arguments, *[0] * (6 - len(arguments)))
    program = list(struct.iter_unpack("=HBBI", seccomp_filter(machine)))
    at = accumulator = 0
    while True:
        code, if_true, if_false, value = program[at]
        at += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            accumulator = struct.unpack_from("=I", data, value)[0]
            continue
        holds = {0x15: accumulator == value, 0x35: accumulator >= value, 0x45: bool(accumulator & value)}
        at += if_true if holds[code] else if_false


def failing(number: int) -> int:
    return 0x00050000 | number


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_denies_what_parts_from_the_sandbox_and_allows_the_rest(machine: str) -> None:
    numbers = MACHINES[machine]

    assert verdict(machine, numbers["read"], 3) == ALLOWED
    assert verdict(machine, numbers["ptrace"]) == failing(errno.EPERM)
    assert verdict(machine, 435) == failing(errno.ENOSYS)  # clone3
    assert verdict(machine, numbers["clone"], 0x01200011) == ALLOWED  # fork
    assert verdict(machine, numbers["clone"], 0x10000011) == failing(errno.EPERM)  # CLONE_NEWUSER
    assert verdict(machine, numbers["read"], audit=0x40000003) == KILLED  # i386


@pytest.mark.parametrize("machine", MACHINES)
def test_the_filter_looks_into_arguments(machine: str) -> None:
    numbers = MACHINES[machine]

    families = {family: verdict(machine, numbers["socket"], family) for family in (1, 2, 10, 16, 17, 38, 40)}

    assert [family for family, answer in families.items() if answer == ALLOWED] == [1, 2, 10, 16]
    assert verdict(machine, numbers["ioctl"], 0, 0x5413) == ALLOWED  # TIOCGWINSZ
    assert verdict(machine, numbers["ioctl"], 0, 0x5412) == failing(errno.EPERM)  # TIOCSTI


def test_calls_of_another_numbering_are_unknown() -> None:
    assert verdict("x86_64", 0x40000000 | 101) == failing(errno.ENOSYS)


def test_there_is_a_filter_for_two_machines() -> None:
    assert [name for name in ("x86_64", "aarch64", "riscv64") if is_supported(name)] == ["x86_64", "aarch64"]
    assert {"mount", "bpf", "keyctl", "clone3"} <= set(denied_calls())


@pytest.mark.skipif(sys.platform != "linux", reason="sandboxes are there on Linux")
@pytest.mark.parametrize("core_lives", [False, True])
def test_a_sandbox_that_cannot_start_removes_the_folders_of_a_dead_core(
    tmp_path: Path, core_lives: bool
) -> None:
    sockets = tmp_path / "ms-1"
    sockets.mkdir()
    (sockets / "w1.c").touch()
    spec = msgspec.json.encode(spec_of(python=sys.executable, folders=[str(sockets)])).decode()
    process = subprocess.Popen(
        [sys.executable, "-m", "millstream._worker.sandbox_main", spec],
        # Without bwrap there is no sandbox.
        env={**python_environment(), "PATH": str(tmp_path)},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None and process.stderr is not None
    with process, process.stdin:
        process.stdin.write(encode_command(Own(cgroups=[], folders=[str(sockets)])))
        process.stdin.flush()
        if not core_lives:
            process.stdin.close()
        stderr = process.stderr.read().decode()

    assert "bubblewrap (bwrap) cannot be" in stderr
    assert sockets.exists() == core_lives
