import pytest

from tests.mentoring import scene as scenes


@pytest.fixture
def scene(db) -> scenes.Scene:
    return scenes.build()
