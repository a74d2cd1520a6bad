"""Environments of functions: what a file declares, what uv makes of it, archives. The core runs it as
`python -m millstream._environment`; nothing here runs in a worker."""
