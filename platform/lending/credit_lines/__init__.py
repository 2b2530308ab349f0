"""Credit lines: limit, drawn, reserved, available."""
