"""Models from the net: where they may come from, how they arrive whole, and where they go. No torch, no remote code."""
