"""Who is who: roles, the people that act, their accounts and sessions. Pure Python; no web framework."""
