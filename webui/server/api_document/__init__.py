"""What the OpenAPI document says of every route: bodies, answers, errors and examples.

The routes read their bodies themselves, so that what is wrong with them is told in one sentence; FastAPI therefore
knows nothing of them, and it is said here, in a table for each theme. Tests compare the tables with the routes, and the
shapes with what a server really answers.
"""
