"""``python -m tashika``."""

import sys

from tashika.cli.entry import main

sys.exit(main())
