"""Other clients' names over our own client, so that a program moves over by one import line.

Each module is called like the package whose names it has; see
docs/migrating-from-gradio-client.md.
"""

__all__: list[str] = []
