"""Every parser of foreign bytes: whatever the bytes, only our own errors come out.

Each ``fuzz_*.py`` beside this file gives ``targets()`` (name → function of bytes) and ``seeds()`` (name → valid inputs).
``make test`` runs a few hundred mutations a target with a fixed seed, ``make soak`` a hundred thousand.
"""

import importlib.util
import random
import sys
from pathlib import Path

import pytest

from tashika.core.errors import TashikaError

HERE = Path(__file__).parent
INTERESTING = [
    b"",
    b"\x00",
    b"\xff",
    b"{}",
    b"[]",
    b'"',
    b"-0",
    b"1e400",
    b"\n\n",
    b"\xe2\x80\x94 ",
    b"=",
    b"/../",
    b"{" * 80,
]


def load():
    found = []
    for path in sorted(HERE.glob("fuzz_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
        seeds = module.seeds()
        found += [
            pytest.param(target, seeds.get(name, []), id=f"{path.stem}:{name}")
            for name, target in module.targets().items()
        ]
    return found


def mutate(data: bytes, rng: random.Random) -> bytes:
    result = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 8))):
        at = rng.randrange(len(result) + 1)
        kind = rng.randrange(6)
        if kind == 0 and result:
            result[at % len(result)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            result[at:at] = rng.choice(INTERESTING)
        elif kind == 2 and result:
            del result[at : at + rng.randrange(1, 9)]
        elif kind == 3 and result:
            result[at:at] = result[at : at + rng.randrange(1, 65)]
        elif kind == 4:
            result[at:at] = rng.randbytes(rng.randrange(1, 5))
        else:
            del result[at:]
    return bytes(result)


def run(target, seeds, count):
    rng = random.Random(20231030)
    for seed in seeds:
        target(seed)
    inputs = [*INTERESTING, *(mutate(rng.choice(seeds or INTERESTING), rng) for _ in range(count))]
    for data in inputs:
        try:
            target(data)
        except TashikaError:
            continue
        except Exception as error:
            pytest.fail(f"{type(error).__name__}: {error} on {data[:200]!r}")


@pytest.mark.parametrize(("target", "seeds"), load())
def test_only_our_errors(target, seeds):
    run(target, seeds, 300)


@pytest.mark.soak
@pytest.mark.parametrize(("target", "seeds"), load())
def test_only_our_errors_for_long(target, seeds):
    run(target, seeds, 100_000)
