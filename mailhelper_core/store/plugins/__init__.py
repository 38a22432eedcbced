"""What plugins keep in the database: settings, tables of their own, and which set of plugins ran here."""
