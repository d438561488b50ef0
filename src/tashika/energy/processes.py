"""CPU time and memory of this process and everything it started, from the operating system.

Source: getrusage(2) for ourselves and for children that ended; proc(5) (``/proc/PID/stat``, ``/proc/stat``,
``/proc/meminfo``, ``/proc/cpuinfo``) for those that still run. Without ``/proc`` running children are not seen.
"""

import os
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
TICKS: Final = os.sysconf("SC_CLK_TCK")
"""Clock ticks a second: the resolution of every CPU time in /proc."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class TreeUsage:
    """What a process tree has used up to now."""

    cpu_ms: int
    resident_bytes: int
    processes: int


@dataclass(frozen=True)
class _Process:
    pid: int
    parent: int
    ticks: int
    resident: int


def tree_usage(proc: Path = PROC) -> TreeUsage:
    """CPU time so far and memory now of this process, its living descendants and its children that ended.

    Children that ended are read first: one that ends in between is missed for a moment, never counted twice.
    """
    ended = _cpu_ms(resource.RUSAGE_CHILDREN)
    processes = {process.pid: process for process in _processes(proc)}
    me = os.getpid()
    living = [process for process in processes.values() if process.pid != me and _descends(process, me, processes)]
    own = processes.get(me)
    return TreeUsage(
        cpu_ms=_cpu_ms(resource.RUSAGE_SELF) + ended + sum(process.ticks for process in living) * 1000 // TICKS,
        resident_bytes=sum(process.resident for process in living) + (own.resident if own else 0),
        processes=len(living) + 1,
    )


def machine_busy_ms(proc: Path = PROC) -> int | None:
    """CPU time that all processes of the machine have used since it started; None where it is not told."""
    try:
        first = (proc / "stat").read_text().splitlines()[0].split()
        user, nice, system, _idle, _iowait, irq, softirq = (int(value) for value in first[1:8])
    except (OSError, ValueError, IndexError):
        return None
    return (user + nice + system + irq + softirq) * 1000 // TICKS


def machine_memory(proc: Path = PROC) -> int:
    """Bytes of memory of the machine; 0 where it is not told."""
    try:
        for line in (proc / "meminfo").read_text().splitlines():
            if line.startswith("MemTotal:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return 0


def processor_name(proc: Path = PROC) -> str:
    """The processor as the machine names it, or ``unknown``."""
    try:
        for line in (proc / "cpuinfo").read_text(errors="replace").splitlines():
            if line.startswith(("model name", "Model", "Hardware")):
                return line.partition(":")[2].strip()[:200] or "unknown"
    except OSError:
        pass
    return "unknown"


def _cpu_ms(who: int) -> int:
    usage = resource.getrusage(who)
    return int((usage.ru_utime + usage.ru_stime) * 1000)


def _processes(proc: Path) -> Iterator[_Process]:
    try:
        names = [name for name in os.listdir(proc) if name.isdecimal()]
    except OSError:
        return
    for name in names:
        try:
            text = (proc / name / "stat").read_text(errors="replace")
            # The command in parentheses may hold spaces and parentheses; the fields follow the last one.
            fields = text[text.rindex(")") + 2 :].split()
            used = sum(int(value) for value in fields[11:15])  # utime, stime, cutime, cstime
            yield _Process(int(name), int(fields[1]), used, int(fields[21]) * _PAGE)
        except (OSError, ValueError, IndexError):
            continue  # it ended while we looked, or belongs to someone who hides it


def _descends(process: _Process, ancestor: int, processes: dict[int, _Process]) -> bool:
    seen = set()
    parent = process.parent
    while parent in processes and parent not in seen:
        if parent == ancestor:
            return True
        seen.add(parent)
        parent = processes[parent].parent
    return False
