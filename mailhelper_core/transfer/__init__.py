"""Moving house: a whole database into another, an owner into an archive and out of one, an owner erased."""
