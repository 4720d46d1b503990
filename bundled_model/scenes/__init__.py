"""What a picture shows: its attributes, which go together, and what a sentence leaves out."""
