"""Documents in, extractions out; knows no store."""
