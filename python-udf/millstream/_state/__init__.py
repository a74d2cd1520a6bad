"""Pickled values of a job's state as JSON, without running anything of the job."""
