"""The tuning loop: from a recipe and a budget to a better recipe, and why."""
