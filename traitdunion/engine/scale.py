"""The same loop, as it is written for few rows, compiled for many."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

Loop = TypeVar("Loop", bound=Callable[..., Any])

# Under so many steps Python has finished before the compiler is loaded.
FEW_STEPS = 300_000


def suited(loop: Loop, steps: int) -> Loop:
    """
    The loop to run for so many steps.

    >>> suited(max, 10) is max
    True
    """
    if steps < FEW_STEPS:
        return loop
    made: Loop = import_module("traitdunion.engine.compiling").compiled(loop)
    return made
