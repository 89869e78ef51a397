"""One of each kind of thing that can be added to gancore from outside; each is one class or function in one file."""
