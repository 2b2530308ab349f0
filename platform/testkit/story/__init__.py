"""The demo's story: credit placed inside scenes' workflows, told through the real doors over HTTP."""
