"""Events written in the business transaction, and the webhook endpoints they go to."""
