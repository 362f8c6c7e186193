"""Matrix, natively and encrypted: numbered choices, edits, reactions; on matrix-nio, with a sync loop of our own."""

import logging

# Its warnings name people, devices and rooms, and tell of nothing that we do not handle ourselves.
logging.getLogger("nio").setLevel(logging.CRITICAL)
