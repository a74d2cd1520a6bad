"""The worker process: protocol, channels, function and relational workers, and the zygote that forks them."""
