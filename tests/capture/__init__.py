"""Captures in, code out."""
