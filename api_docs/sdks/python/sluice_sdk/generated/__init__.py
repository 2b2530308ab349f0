"""What is made from the OpenAPI document. Made from api_docs/openapi/scene.yaml by ./sluice generate openapi: change that, never this."""
