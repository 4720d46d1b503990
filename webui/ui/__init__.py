"""The Gradio page: a module for each tab, shared parts, static assets."""
