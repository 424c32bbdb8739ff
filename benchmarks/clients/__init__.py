"""The clients that are measured, each in a process of its own.

A client's process reads orders from stdin, one JSON object a line, and answers each with
one: so that its start is not measured with its calls, and that the clients can take turns.
"""
