"""The partner bank's admin portal: pages a bank's staff work in, each bank in its own brand."""
