import pytest

from tests.grants import scene as scenes


@pytest.fixture
def scene(db: None) -> scenes.Scene:
    return scenes.build()
