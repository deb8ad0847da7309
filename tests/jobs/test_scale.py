"""Territories computed elsewhere: the same bytes, no name on the way, a machine may fall."""

import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from distributed import LocalCluster

from tests.engine.test_pairing import REACH_KM, world
from traitdunion.engine import pairing
from traitdunion.engine.suitability import Mentors, Young
from traitdunion.jobs import scale

pytestmark = pytest.mark.once

TOWNS = 6


@pytest.fixture
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as made:
        yield made


def country() -> tuple[Young, Mentors, np.ndarray]:
    """Towns that no pair joins: each turned around the Earth's axis by its own angle."""
    towns = [world(seed, young=500, mentors=330, slots=14, afar=0.0) for seed in range(TOWNS)]
    young, mentors = [], []
    for number, (looking, offering, _base) in enumerate(towns):
        angle = 2 * np.pi * number / TOWNS
        turn = np.array(
            [[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
        )
        young.append(looking._replace(point=looking.point @ turn))
        mentors.append(offering._replace(point=offering.point @ turn))
    return (
        Young._make(np.concatenate(columns) for columns in zip(*young, strict=True)),
        Mentors._make(np.concatenate(columns) for columns in zip(*mentors, strict=True)),
        np.concatenate([base for _young, _mentors, base in towns]),
    )


def test_one_machine_falls_in_the_middle_and_the_bytes_are_the_same(
    cluster: LocalCluster,
) -> None:
    people = country()
    alone = pairing.pair(*people, reach_km=REACH_KM, together=1)
    victim = next(iter(cluster.workers.values())).pid
    killed: list[int] = []

    with scale.machines(cluster.scheduler_address, scale.Papers()) as run:

        def run_and_fall(tasks: Sequence[pairing.Task]) -> list[pairing.Pairs]:
            killer = threading.Thread(target=kill_when_busy, args=(cluster, victim, killed))
            killer.start()
            found = list(run(tasks))
            killer.join()
            return found

        together = pairing.pair(*people, reach_km=REACH_KM, run=run_and_fall, together=1)

    assert killed == [victim]
    assert alone.territories >= TOWNS
    for name in ("mentor", "score", "price", "gain"):
        assert getattr(together, name).tobytes() == getattr(alone, name).tobytes()


def kill_when_busy(cluster: LocalCluster, victim: int, killed: list[int]) -> None:
    """Wait until the machine has something to do, then cut its power."""
    address = next(w.worker_address for w in cluster.workers.values() if w.pid == victim)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        worker = cluster.scheduler.workers.get(address)
        if worker is not None and worker.processing:
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)
            return
        time.sleep(0.001)


def test_only_arrays_travel() -> None:
    sent: list[pairing.Task] = []

    def keep(tasks: Sequence[pairing.Task]) -> list[pairing.Pairs]:
        sent.extend(tasks)
        return [pairing.solve(task) for task in tasks]

    pairing.pair(*world(1, young=30, mentors=20), reach_km=REACH_KM, run=keep)

    def leaves(value: object) -> Iterator[object]:
        parts = value if isinstance(value, tuple) else None
        if hasattr(value, "__dataclass_fields__"):
            parts = tuple(getattr(value, name) for name in value.__dataclass_fields__)
        if parts is None:
            yield value
        for part in parts or ():
            yield from leaves(part)

    kinds = {one.dtype.kind if isinstance(one, np.ndarray) else type(one).__name__
             for task in sent for one in leaves(task)}  # fmt: skip
    assert kinds <= {"i", "u", "f", "b", "int", "float"}
    assert len(pickle.dumps(sent)) > 1_000


@pytest.mark.parametrize(
    ("address", "papers", "said"),
    [
        ("tcp://10.0.0.8:8786", scale.Papers(), "tls://"),
        ("tcp://scheduler.example:8786", scale.Papers(), "tls://"),
        ("tls://10.0.0.8:8786", scale.Papers(), "--tls-ca"),
        ("tls://10.0.0.8:8786", scale.Papers(*[Path("no.pem")] * 3), "introuvable"),
        ("ftp://127.0.0.1", scale.Papers(), "tls://"),
    ],
)
def test_off_this_machine_nothing_goes_in_clear(
    address: str, papers: scale.Papers, said: str
) -> None:
    with pytest.raises(scale.NoMachines, match=said), scale.machines(address, papers):
        pass
