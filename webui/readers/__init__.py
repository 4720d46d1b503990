"""WHAT IS THIS: readers of pictures, which name what is to be seen. Found without torch, asked in the worker."""
