"""LoRAs of every form (kohya, LyCORIS, diffusers, peft): read, fitted to a model, applied and taken off. Torch."""
