"""When and where it runs: jobs, the durable queue, the worker process, events."""
