"""Whether points are in France, roughly: enough to tell that two columns were exchanged."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

# West, south, east, north, with room at sea: mainland and Corsica, then overseas.
BOXES = np.array(
    [
        (-5.6, 41.2, 9.8, 51.3),
        (-63.3, 14.2, -60.6, 18.3),
        (-54.8, 2.0, -51.4, 6.0),
        (54.9, -21.6, 56.1, -20.7),
        (44.8, -13.2, 45.5, -12.5),
        (-56.6, 46.6, -56.0, 47.3),
        (-155.0, -28.0, -134.0, -7.5),
        (158.0, -23.5, 168.5, -18.5),
        (-178.4, -14.5, -176.0, -13.0),
    ]
)


def holds(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """
    Whether each point is in one of the boxes; not where a degree is NaN.

    Args:
        lon, lat: degrees, WGS84, shape (points,).

    >>> holds([2.35, 48.85], [48.85, 2.35])
    array([ True, False])
    """
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    found = np.zeros(x.shape, dtype=np.bool_)
    for west, south, east, north in BOXES:
        found |= (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return found


def turned(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """
    Whether each point is outside France, and inside it the other way round.

    >>> turned([2.35, 48.85], [48.85, 2.35])
    array([False,  True])
    """
    found: NDArray[np.bool_] = holds(lat, lon) & ~holds(lon, lat)
    return found
