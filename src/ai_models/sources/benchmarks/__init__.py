"""Tables of benchmark scores that others publish: what they say is added to the models that are known."""
