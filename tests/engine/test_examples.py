"""The examples of the docstrings run and say the truth."""

import doctest
import importlib
import pkgutil

import pytest

from traitdunion import base, engine
from traitdunion.territories import loading

pytestmark = pytest.mark.once

MODULES = [
    name
    for package in (engine, base)
    for _, name, _ in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", [*MODULES, loading.__name__])
def test_the_examples_of_a_module_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0
