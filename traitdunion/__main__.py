"""`python -m traitdunion` is `traitdunion`."""

import sys

from traitdunion.cli.main import main

sys.exit(main())
