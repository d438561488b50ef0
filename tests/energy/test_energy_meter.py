import ctypes
import os
import subprocess
import sys
import threading

import pytest

from tashika.core.clock import SystemClock
from tashika.core.errors import DiskFullError, InternalError
from tashika.energy.counters import Accumulator, Level, Nvml, Rapl
from tashika.energy.meter import Meter
from tashika.energy.processes import TICKS, machine_busy_ms, machine_memory, processor_name, tree_usage

BURN = "import sys, time\nwhile time.process_time() < 0.3: pass\nprint('done', flush=True)\nsys.stdin.read()"


class Counter:
    def __init__(self, *levels):
        self.levels = list(levels)

    def read(self):
        return self.levels.pop(0) if len(self.levels) > 1 else self.levels[0]


def level(value, wrap=None, zone="package"):
    return {"x": Level(zone, value, wrap)}


def test_time_of_a_running_child_and_of_an_ended_one_is_counted_once():
    meter = Meter(SystemClock(), sources=()).start()
    with subprocess.Popen([sys.executable, "-c", BURN], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        running = meter.peek()
        child.stdin.close()
        child.wait()
    ended = meter.stop()
    assert 290 <= running.cpu_ms <= ended.cpu_ms
    assert ended.cpu_ms < 2 * 300 + 2000  # not twice, with room for this process and the interpreter's start
    assert running.processes == 2
    assert (running.unfinished, ended.unfinished) == (1, 0)
    assert running.parts == ended.parts
    assert ended.duration_ms >= 300


def test_readings_are_handed_over_while_it_runs_and_at_the_end():
    seen = []
    twice = threading.Event()

    def keep(reading):
        seen.append(reading)
        if len(seen) >= 2:
            twice.set()

    meter = Meter(SystemClock(), on_reading=keep, every_s=0.01, sources=()).start()
    assert twice.wait(30)
    last = meter.stop()
    assert seen[-1] == last
    assert [reading.unfinished for reading in seen] == [1] * (len(seen) - 1) + [0]
    assert [r.cpu_ms for r in seen] == sorted(r.cpu_ms for r in seen)


def test_a_full_disk_in_the_meters_thread_is_not_lost():
    failed = threading.Event()

    def fail(_):
        failed.set()
        raise DiskFullError("full")

    meter = Meter(SystemClock(), on_reading=fail, every_s=0.01, sources=()).start()
    assert failed.wait(30)
    with pytest.raises(DiskFullError):
        meter.stop()


def test_misuse_is_a_bug_and_says_so():
    meter = Meter(SystemClock(), sources=())
    with pytest.raises(InternalError):
        meter.peek()
    meter.start()
    with pytest.raises(InternalError):
        meter.start()
    meter.stop()


def test_counters_of_the_machine_reach_the_reading():
    rapl = Counter(
        {"p": Level("package", 100, 1000), "d": Level("dram", 5, 1000)},
        {"p": Level("package", 50, 1000), "d": Level("dram", 7, 1000)},
    )
    gpu = Counter({"g": Level("gpu", 10)}, {"g": Level("gpu", 30)})
    reading = Meter(SystemClock(), sources=(rapl, gpu)).start().stop()
    assert (reading.package_uj, reading.dram_uj, reading.gpu_mj) == (950, 2, 20)
    bare = Meter(SystemClock(), sources=()).start().stop()
    assert (bare.package_uj, bare.dram_uj, bare.gpu_mj, bare.gpus) == (None, None, None, ())


def test_accumulator_follows_wraps_and_forgets_what_it_cannot_know():
    counter = Accumulator(level(990, 1000))
    for value in (995, 5, 500, 499):
        counter.add(level(value, 1000))
    assert counter.total("package") == 5 + 10 + 495 + 999
    lost = Accumulator(level(1, 10))
    lost.add({})
    lost.add(level(5, 10))
    assert lost.total("package") is None
    backwards = Accumulator(level(5, None, "gpu"))
    backwards.add(level(4, None, "gpu"))
    assert backwards.total("gpu") is None


@pytest.fixture
def powercap(tmp_path):
    def zone(folder, name, energy, wrap="1000"):
        path = tmp_path / folder
        path.mkdir()
        for file, text in (("name", name), ("energy_uj", energy), ("max_energy_range_uj", wrap)):
            (path / file).write_text(text + "\n")

    zone("intel-rapl:0", "package-0", "10")
    zone("intel-rapl:0:0", "core", "4")
    zone("intel-rapl:0:1", "dram", "3")
    zone("intel-rapl:1", "package-1", "20")
    zone("intel-rapl:2", "psys", "99")
    zone("intel-rapl:3", "package-2", "not a number")
    return tmp_path


def test_rapl_takes_packages_and_memory_and_nothing_twice(powercap):
    rapl = Rapl(powercap)
    levels = rapl.read()
    assert sorted((level.zone, level.value) for level in levels.values()) == [
        ("dram", 3),
        ("package", 10),
        ("package", 20),
    ]
    (powercap / "intel-rapl:1" / "energy_uj").unlink()
    assert len(rapl.read()) == 2
    assert Rapl(powercap / "nowhere").read() == {}


class FakeNvml:
    """Two boards; the second is too old to count."""

    def nvmlInit_v2(self):
        return 0

    def nvmlDeviceGetCount_v2(self, count):
        count._obj.value = 3
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index, board):
        board._obj.value = index + 1
        return 0 if index < 2 else 999

    def nvmlDeviceGetName(self, board, name, size):
        assert size == 96
        name.value = b"Board %d" % board.value
        return 0

    def nvmlDeviceGetTotalEnergyConsumption(self, board, energy):
        energy._obj.value = 1234
        return 0 if board.value == 1 else 3


def test_nvidia_boards():
    boards = Nvml(FakeNvml())
    assert boards.names == ("Board 1", "Board 2")
    assert boards.read() == {"gpu0": Level("gpu", 1234)}


def test_no_nvidia_driver(monkeypatch):
    def missing(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert Nvml().read() == {}
    assert Nvml(object()).names == ()


@pytest.fixture
def proc(tmp_path):
    me = os.getpid()

    def process(pid, parent, ticks, name="x"):
        folder = tmp_path / str(pid)
        folder.mkdir()
        fields = ["S", str(parent), *["0"] * 9, str(ticks), "0", "0", "0", *["0"] * 6, "100"]
        (folder / "stat").write_text(f"{pid} ({name}) " + " ".join(fields))

    process(me, 1, 999)
    process(me + 100_000, me, 7, name="odd) (name")
    process(me + 100_001, me + 100_000, 5)
    process(me + 100_002, 1, 50)
    process(me + 100_003, me + 100_003, 50)  # its own parent: damaged, must not loop
    (tmp_path / str(me + 100_004)).mkdir()  # ended while we looked
    (tmp_path / "stat").write_text("cpu  10 0 20 1000 5 1 2 9 0 0\ncpu0 ...\n")
    (tmp_path / "meminfo").write_text("MemTotal:  2048 kB\nMemFree: 1 kB\n")
    (tmp_path / "cpuinfo").write_text("processor: 0\nmodel name\t: Example CPU\n")
    return tmp_path


def test_the_tree_is_this_process_and_its_descendants(proc):
    usage = tree_usage(proc)
    bare = tree_usage(proc / "nothing")
    assert usage.processes == 3
    assert usage.cpu_ms >= 12 * 1000 // TICKS
    assert usage.resident_bytes == 3 * 100 * os.sysconf("SC_PAGE_SIZE")
    assert bare.processes == 1


def test_the_machine_as_a_whole(proc):
    assert machine_busy_ms(proc) == 33 * 1000 // TICKS
    assert machine_memory(proc) == 2048 * 1024
    assert processor_name(proc) == "Example CPU"
    assert (machine_busy_ms(proc / "no"), machine_memory(proc / "no"), processor_name(proc / "no")) == (
        None,
        0,
        "unknown",
    )
