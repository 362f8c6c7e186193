"""Metrics for Prometheus: counts and times, nothing of a person."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS = Counter("lotse_events_total", "Events handled", ["channel", "outcome"])
HANDLING = Histogram(
    "lotse_handling_seconds",
    "From an event's arrival to its commit",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5),
)
DELIVERIES = Counter("lotse_deliveries_total", "Attempts to send a message", ["channel", "outcome"])
GIVEN_UP = Counter("lotse_given_up_total", "Messages that could not be delivered within a day")
EXPIRED = Counter("lotse_expired_conversations_total", "Conversations deleted because nobody wrote for long")
BATCH = Histogram("lotse_batch_size", "Events committed together", buckets=(1, 2, 4, 8, 16, 32, 64))
UP = Gauge("lotse_ready", "1 while the worker takes events")
