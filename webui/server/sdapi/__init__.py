"""A1111's HTTP API, `/sdapi/v1`, over this engine: programs that were written for it work by changing the address."""
