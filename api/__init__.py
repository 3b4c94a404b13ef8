"""The faces: HTTP and command line."""
