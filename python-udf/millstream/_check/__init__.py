"""`millstream udf check` and `millstream udf list`: what a file of functions says, before a job runs it."""
