"""The pure heart: records, prices, queries, identity, merge and the registry, without I/O."""
