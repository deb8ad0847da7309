"""
How the engine's loops are compiled: once, kept on disk, never needed to read a page.

Nothing imports this module at the start: the first work that is large enough to pay for it does,
since the compiler takes half a second to load.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


@cache
def compiled(loop: Loop) -> Loop:
    """
    The same function, compiled. Kept beside the module, else in the user's cache; where neither
    can be written it is compiled again by each process.
    """
    try:
        made = numba.njit(cache=True, nogil=True, error_model="numpy")(loop)
    except RuntimeError:
        made = numba.njit(nogil=True, error_model="numpy")(loop)
    return cast(Loop, made)
