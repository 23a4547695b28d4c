"""Campaigns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of campaigns, their contacts, dials and results, consent and the do-not-call list."""
    _make_campaigns()
    _make_lists()
    _make_contacts()
    _make_calls()


def downgrade() -> None:
    """Without campaigns."""
    _drop_calls()
    _drop_contacts()
    _drop_lists()
    _drop_campaigns()


def _make_campaigns() -> None:
    """Campaigns, and who changed what."""
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("law", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )
    op.create_index(op.f("ix_campaigns_state"), "campaigns", ["state"], unique=False)
    op.create_table(
        "campaign_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("campaign", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_changes")),
    )
    op.create_index(op.f("ix_campaign_changes_at"), "campaign_changes", ["at"], unique=False)
    op.create_index(op.f("ix_campaign_changes_campaign"), "campaign_changes", ["campaign"], unique=False)


def _drop_campaigns() -> None:
    op.drop_index(op.f("ix_campaign_changes_campaign"), table_name="campaign_changes")
    op.drop_index(op.f("ix_campaign_changes_at"), table_name="campaign_changes")
    op.drop_table("campaign_changes")
    op.drop_index(op.f("ix_campaigns_state"), table_name="campaigns")
    op.drop_table("campaigns")


def _make_lists() -> None:
    """Who may be rung, and who must not."""
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("recorded", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        sa.UniqueConstraint("phone", "source", "day", name=op.f("uq_consents_phone_source_day")),
    )
    op.create_table(
        "do_not_call",
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("phone", name=op.f("pk_do_not_call")),
    )


def _drop_lists() -> None:
    op.drop_table("do_not_call")
    op.drop_table("consents")


def _make_contacts() -> None:
    """Who is to be rung, and the tables that they came from."""
    op.create_table(
        "campaign_contacts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=3), nullable=False),
        sa.Column("area", sa.String(length=10), nullable=True),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("callback", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_contacts_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_contacts")),
        sa.UniqueConstraint("campaign_id", "phone", name=op.f("uq_campaign_contacts_campaign_id_phone")),
    )
    op.create_index(
        "ix_campaign_contacts_due", "campaign_contacts", ["campaign_id", "state", "due"], unique=False
    )
    op.create_index(op.f("ix_campaign_contacts_phone"), "campaign_contacts", ["phone"], unique=False)
    op.create_table(
        "campaign_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_imports_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_imports")),
        sa.UniqueConstraint("campaign_id", "digest", name=op.f("uq_campaign_imports_campaign_id_digest")),
    )


def _drop_contacts() -> None:
    op.drop_table("campaign_imports")
    op.drop_index(op.f("ix_campaign_contacts_phone"), table_name="campaign_contacts")
    op.drop_index("ix_campaign_contacts_due", table_name="campaign_contacts")
    op.drop_table("campaign_contacts")


def _make_calls() -> None:
    """Calls that were placed, and who must be told of them."""
    op.create_table(
        "campaign_dials",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("ringing", sa.String(length=20), nullable=True),
        sa.Column("owner", sa.String(length=60), nullable=False),
        sa.Column("lease", sa.BigInteger(), nullable=True),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("placed", sa.BigInteger(), nullable=True),
        sa.Column("ref", sa.String(length=80), nullable=True),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("wish", sa.BigInteger(), nullable=True),
        sa.Column("converted", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("call", sa.String(length=80), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_dials_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["campaign_contacts.id"],
            name=op.f("fk_campaign_dials_contact_id_campaign_contacts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_dials")),
        sa.UniqueConstraint("ringing", name=op.f("uq_campaign_dials_ringing")),
    )
    op.create_index(op.f("ix_campaign_dials_campaign_id"), "campaign_dials", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_campaign_dials_contact_id"), "campaign_dials", ["contact_id"], unique=False)
    op.create_index(op.f("ix_campaign_dials_lease"), "campaign_dials", ["lease"], unique=False)
    op.create_index("ix_campaign_dials_phone_asked", "campaign_dials", ["phone", "asked"], unique=False)
    op.create_table(
        "campaign_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("dial_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_campaign_deliveries_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["dial_id"],
            ["campaign_dials.id"],
            name=op.f("fk_campaign_deliveries_dial_id_campaign_dials"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_deliveries")),
        sa.UniqueConstraint("dial_id", name=op.f("uq_campaign_deliveries_dial_id")),
    )
    op.create_index("ix_campaign_deliveries_due", "campaign_deliveries", ["taken", "due"], unique=False)


def _drop_calls() -> None:
    op.drop_index("ix_campaign_deliveries_due", table_name="campaign_deliveries")
    op.drop_table("campaign_deliveries")
    op.drop_index("ix_campaign_dials_phone_asked", table_name="campaign_dials")
    op.drop_index(op.f("ix_campaign_dials_lease"), table_name="campaign_dials")
    op.drop_index(op.f("ix_campaign_dials_contact_id"), table_name="campaign_dials")
    op.drop_index(op.f("ix_campaign_dials_campaign_id"), table_name="campaign_dials")
    op.drop_table("campaign_dials")
