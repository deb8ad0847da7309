"""
Small cells of a national table hidden, with its margins: 1,584 neighbourhoods × 12 × 10.

    python benchmarks/disclosure.py [--attacked 2]

Two tables of realistic counts: cells around 8, and neighbourhoods of very unequal sizes. Prints
seconds, what is hidden beside the small cells, and the width that linear programming leaves to a
few of them, drawn at random: HiGHS takes seconds for each on the whole table. Last the ratio of
cells hidden to small cells. The time of compiling is not counted.
"""

import argparse
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from traitdunion.engine.disclosure import attack, suppress

SEED, SHAPE = 2020, (1_584, 12, 10)
GOAL_SECONDS, GOAL_RATIO = 5.0, 2.0


def tables() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(SEED)
    size = rng.lognormal(3.0, 0.8, SHAPE[0]) * 60
    ages, kinds = rng.dirichlet(np.full(SHAPE[1], 6)), rng.dirichlet(np.full(SHAPE[2], 6))
    unequal = size[:, None, None] * ages[None, :, None] * kinds[None, None, :]
    return {"around 8": rng.poisson(8, SHAPE), "unequal": rng.poisson(unequal)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--attacked", type=int, default=2)
    attacked = parser.parse_args().attacked
    suppress(np.random.default_rng(0).integers(0, 9, (6, 5, 4)))
    table = Table("counts", "small", "hidden", "seconds", "narrowest width", title=f"{SHAPE}")
    said = []
    for name, counts in tables().items():
        began = time.perf_counter()
        hidden = suppress(counts)
        taken = time.perf_counter() - began
        small = np.flatnonzero(((counts > 0) & (counts < 5)).reshape(-1))
        chosen = np.random.default_rng(1).choice(small, attacked, replace=False)
        width = ""
        if attacked:
            low, high = attack(counts, hidden, np.sort(chosen))
            width = f"{(high - low).min():.1f} of {attacked}"
        table.add_row(name, f"{len(small):,}", f"{hidden.sum():,}", f"{taken:.2f}", width)
        said.append(
            f"{name}: hidden / small {hidden.sum() / len(small):.2f} (goal: at most {GOAL_RATIO}),"
            f" {taken:.2f} s (goal: at most {GOAL_SECONDS})"
        )
    console = Console(width=120)
    console.print(table)
    for line in said:
        console.print(line)


if __name__ == "__main__":
    main()
