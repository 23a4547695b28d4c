"""The migrations, one file per step; Alembic reads them."""
