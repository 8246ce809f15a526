"""What will exist: identifiers, grants and the estate. Frozen values, standard library only, no IO."""
