"""The parts of `millstream.testing`."""
