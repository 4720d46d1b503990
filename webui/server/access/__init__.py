"""Who may do what over HTTP: who somebody is, the rules of every route, and the gate that keeps to them."""
