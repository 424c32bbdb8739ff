"""Every group of tasks, done for real by Gradio apps that run here."""
