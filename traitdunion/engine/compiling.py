"""
How the engine's loops are compiled: once, kept on disk, never needed to read a page.

Nothing imports this module at the start: the first work that is large enough to pay for it does,
since the compiler takes half a second to load.
"""

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any, Literal, TypeVar, cast

import numba

from traitdunion.engine.loops import Loop

ErrorModel = Literal["python", "numpy"]
Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def compiled(loop: Function, error_model: ErrorModel = "numpy") -> Function:
    """
    The same function, compiled. Kept beside the module, else in the user's cache; where neither
    can be written it is compiled again by each process. The functions of its own module that it
    calls are compiled with it.
    """
    known = dict(loop.__globals__)
    for name in loop.__code__.co_names:
        called = known.get(name)
        if isinstance(called, FunctionType) and called.__module__ == loop.__module__:
            known[name] = compiled(called, error_model)
        elif isinstance(called, Loop):
            known[name] = called.made
    copy = FunctionType(loop.__code__, known, loop.__name__, loop.__defaults__)
    copy.__module__, copy.__qualname__ = loop.__module__, loop.__qualname__
    try:
        made = numba.njit(cache=True, nogil=True, error_model=error_model)(copy)
    except RuntimeError:
        made = numba.njit(nogil=True, error_model=error_model)(copy)
    return cast(Function, made)
