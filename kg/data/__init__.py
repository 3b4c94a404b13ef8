"""Data files of the package (registry of departments)."""
