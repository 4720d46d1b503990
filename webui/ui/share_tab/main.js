// Puts the tab together.
