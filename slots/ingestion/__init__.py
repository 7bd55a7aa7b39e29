"""The one way in for slots: a batch is read, held back or applied, and told of."""
