"""The façade: each model is a Gradio app to clients of Gradio."""
