"""Loops compiled the first time they are called: who never calls one loads no compiler."""

from functools import cached_property, update_wrapper
from importlib import import_module
from typing import Any


class Loop:
    """
    A function as it is written, and its compiled twin.

    >>> @Loop
    ... def twice(number):
    ...     return number + number
    >>> twice(21)
    42
    """

    def __init__(self, function: Any) -> None:
        self.function = function
        update_wrapper(self, function)

    @cached_property
    def made(self) -> Any:
        """Compiled with the loops that it calls; a division by zero is an error, as in Python."""
        compiling = import_module("traitdunion.engine.compiling")
        return compiling.compiled(self.function, error_model="python")

    def __call__(self, *arguments: Any) -> Any:
        return self.made(*arguments)
