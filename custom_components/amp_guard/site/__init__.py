"""What is configured: the entry and its subentries as a site, its rules, its devices."""
