"""How fast anyspace is beside its peers: one command, one table.

``python -m benchmarks`` measures and prints; ``--write`` puts the table into
docs/benchmarks.md; ``--quick`` takes only a short look.
"""
