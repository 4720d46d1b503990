"""Where between: maps of ideas, journeys and lines beyond. Pure Python, numpy and scipy; no torch, no I/O."""
