"""One file for each model architecture, all behind the protocol in `base`."""
