"""The button "What is this?" and its answer: a script that components with a picture join to their own."""
