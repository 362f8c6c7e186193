"""Delivery: from the outbox to the platforms."""
