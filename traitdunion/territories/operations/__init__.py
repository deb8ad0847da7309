"""Loading the official files, as they are."""

from traitdunion.territories.loading import LoadReport
from traitdunion.territories.operations.cites import (
    NotOurNeighbourhood,
    cover,
    load_cites_educatives,
)
from traitdunion.territories.operations.communes import load_communes, load_reference
from traitdunion.territories.operations.files import load_file
from traitdunion.territories.operations.neighbourhoods import load_neighbourhoods
from traitdunion.territories.operations.schools import load_schools, place_schools

__all__ = [
    "LoadReport",
    "NotOurNeighbourhood",
    "cover",
    "load_cites_educatives",
    "load_communes",
    "load_file",
    "load_neighbourhoods",
    "load_reference",
    "load_schools",
    "place_schools",
]
