"""For people who write extensions: pytest fixtures over the real parts. See docs/extensions/testing.md."""
