"""Stand-in for the name space that published entry scripts import from."""
