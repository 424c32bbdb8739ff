"""Real Gradio servers of several versions for the tests."""
