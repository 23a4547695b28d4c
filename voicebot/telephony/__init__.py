"""The wires: for each a protocol class without I/O, and a short shell. None knows another."""
