"""Run work in a child process and strike at its k-th file operation, seen from the kernel's side (ptrace, Linux).

SQLite does its own system calls, so nothing inside Python could stop between two of them. Strikes:

    kill     SIGKILL instead of the operation
    torn     half of a write happens, then SIGKILL
    full     from the operation on, every write fails with "no space left on device"
"""

import ctypes
import os
import platform
import signal
import struct
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

TRACEME, GETREGS, SETREGS, SYSCALL, SETOPTIONS, GET_SYSCALL_INFO = 0, 12, 13, 24, 0x4200, 0x420E
TRACESYSGOOD_EXITKILL = 0x1 | 0x100000
ENOSPC = 28

# Numbers from the kernel's tables (asm/unistd_64.h; asm-generic/unistd.h for aarch64).
WRITES = {"x86_64": {1, 18, 20, 77, 285}, "aarch64": {64, 68, 66, 46, 47}}
OTHERS = {
    "x86_64": {74, 75, 76, 82, 83, 84, 86, 87, 91, 258, 263, 264, 265, 268, 316},
    "aarch64": {82, 83, 45, 38, 276, 34, 37, 35, 52, 53},
}
OPENAT = {"x86_64": 257, "aarch64": 56}
X86_ORIG_RAX, X86_RAX, X86_RDX = 15, 10, 12


@dataclass(frozen=True)
class Outcome:
    """How the child ended.

    Attributes:
        status: its exit status; None when it was killed.
        points: one for each operation that changes files, in order: whether it was a write.
        output: what it wrote to the pipe.
    """

    status: int | None
    points: list[bool]
    output: bytes


def machine() -> str:
    return platform.machine()


def strikes() -> list[str]:
    """What this machine can do; changing registers is written for x86-64 only."""
    if not sys.platform.startswith("linux") or machine() not in WRITES or not _allowed():
        return []
    return ["kill", "torn", "full"] if machine() == "x86_64" else ["kill"]


def run(work: Callable[[int], None], *, at: int | None = None, strike: str = "kill") -> Outcome:
    """Run ``work(pipe)`` in a child; strike at file operation ``at``, counted from 0."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(work, reading, writing)
    os.close(writing)
    try:
        status, points = _trace(pid, writing, at, strike)
        output = b""
        while part := os.read(reading, 65536):
            output += part
    finally:
        os.close(reading)
    return Outcome(status, points, output)


def _child(work: Callable[[int], None], reading: int, writing: int) -> None:
    code = 99
    try:
        os.close(reading)
        _libc().ptrace(TRACEME, 0, None, None)
        os.kill(os.getpid(), signal.SIGSTOP)
        work(writing)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _trace(pid: int, pipe: int, at: int | None, strike: str) -> tuple[int | None, list[bool]]:
    libc, info = _libc(), ctypes.create_string_buffer(96)
    os.waitpid(pid, 0)
    libc.ptrace(SETOPTIONS, pid, None, TRACESYSGOOD_EXITKILL)
    writes, calls = WRITES[machine()], WRITES[machine()] | OTHERS[machine()]
    points: list[bool] = []
    pending, struck, passed = None, False, 0
    while True:
        libc.ptrace(SYSCALL, pid, None, passed)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            return (os.WEXITSTATUS(status) if os.WIFEXITED(status) else None), points
        passed = 0
        if os.WSTOPSIG(status) != signal.SIGTRAP | 0x80:
            passed = os.WSTOPSIG(status)
            continue
        libc.ptrace(GET_SYSCALL_INFO, pid, ctypes.c_void_p(len(info)), info)
        if info.raw[0] == 2:
            if pending == "kill":
                os.kill(pid, signal.SIGKILL)
            elif pending == "full":
                _change(pid, {X86_RAX: -ENOSPC})
            pending = None
            continue
        number, first, _, flags = struct.unpack_from("<4Q", info.raw, 24)
        creates = number == OPENAT[machine()] and flags & os.O_CREAT
        if (number not in calls and not creates) or first == pipe:
            continue
        struck = struck or len(points) == at
        points.append(number in writes)
        if not struck:
            continue
        if strike == "full":
            if number in writes:
                _change(pid, {X86_ORIG_RAX: -1})
                pending = "full"
        elif strike == "torn" and number in writes:
            _halve(pid)
            pending = "kill"
        else:
            os.kill(pid, signal.SIGKILL)


def _halve(pid: int) -> None:
    registers = _registers(pid)
    _change(pid, {X86_RDX: registers[X86_RDX] // 2})


def _registers(pid: int) -> list[int]:
    buffer = ctypes.create_string_buffer(27 * 8)
    _libc().ptrace(GETREGS, pid, None, buffer)
    return list(struct.unpack("<27Q", buffer.raw))


def _change(pid: int, changes: dict[int, int]) -> None:
    registers = _registers(pid)
    for at, value in changes.items():
        registers[at] = value & (2**64 - 1)
    _libc().ptrace(SETREGS, pid, None, ctypes.create_string_buffer(struct.pack("<27Q", *registers)))


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    libc.ptrace.restype = ctypes.c_long
    return libc


def _allowed() -> bool:
    """Whether this machine lets a process trace its child (some sandboxes do not)."""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if _libc().ptrace(TRACEME, 0, None, None) == 0 else 1)
    _, status = os.waitpid(pid, 0)
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
