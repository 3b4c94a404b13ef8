"""SPARQL and Cypher for explorers, evaluated where a query can be killed.

A query is read here word by word, and refused unless it only reads; it is evaluated in a
process of its own (`child`) that has limits for time, memory and size and no way out to
files or network. What happens to that process happens to its query alone.
"""
