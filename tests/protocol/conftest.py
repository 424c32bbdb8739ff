"""Hypothesis on a machine that may be slow or busy: examples are limited by number, not by time."""

from hypothesis import HealthCheck, settings

settings.register_profile("anyspace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("anyspace")
