"""Behaviours by Gradio version, each against a real server."""
