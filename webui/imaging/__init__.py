"""Pictures as pixels: reading, resizing, masking, pasting. Pillow and numpy; no torch, no database, no server."""
