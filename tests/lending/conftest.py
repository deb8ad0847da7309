import pytest

from tests.lending.scene import Scene, build


@pytest.fixture
def scene(db: None) -> Scene:
    return build()
