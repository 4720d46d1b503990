"""The public link: tunnels that bring people from elsewhere here, and their link. No web framework."""
