"""Models as files on this machine, which no server needs to run for one to know of them."""
