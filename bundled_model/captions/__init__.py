"""Sentences for scenes, and the tokenizer that cuts them up."""
