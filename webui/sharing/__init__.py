"""The public link: tunnels, and the guests that come through them."""
