"""What kind of model a file holds, told from its header by experts that say yes or no. No torch, no weights."""
