"""Matrix, natively and end to end encrypted: numbered choices, edits, reactions; on matrix-nio, with our own sync loop."""

import logging

# Its warnings name people, devices and rooms, and tell of nothing that we do not handle ourselves.
logging.getLogger("nio").setLevel(logging.CRITICAL)
