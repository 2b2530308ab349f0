"""Django without domain words."""
