"""HTTP: the API, the events, the guard around everything."""
