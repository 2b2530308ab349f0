"""Enterprises, their persons and bank accounts, and the scenes that introduced them."""
