"""Extensions: what they may add, how they are read, tried, loaded and called, and what happens when they fail."""
