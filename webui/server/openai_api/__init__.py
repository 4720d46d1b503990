"""`/v1/images` and `/v1/models` as OpenAI's clients know them."""
