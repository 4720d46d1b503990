"""Where models are while they compute and afterwards, and what is done when memory runs out."""
