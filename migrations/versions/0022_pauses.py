"""Why a release by silence is paused becomes a state; what a client does without before it is handed over."""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import UtcDateTime

revision = "0022"
down_revision = "0013"
branch_labels = None
depends_on = None

TRUE_DEFAULTS = {"milestones.pause": "no milestone is paused when it is made"}

PAUSES = "'', 'bank', 'down', 'differs', 'owed', 'stuck'"
SENTENCES = {
    "bank": "The client’s bank disputes the payment, so the money is frozen until the bank has decided.",
    "down": "The production site is not working: ",
    "stuck": "The money can’t be released now: ",
    "owed": "The freelancer has still to hand over: ",
}
"""State -> how the sentence began that said so; "owed" is new, and known to whoever has gone back once."""
MILESTONES = sa.table("milestones", sa.column("pause", sa.String), sa.column("paused", sa.Text))


def upgrade():
    pause = sa.Column("pause", sa.String(10), nullable=False, server_default="")
    if op.get_bind().dialect.name == "sqlite":  # it adds a column with its rule, but no rule to a column that is there
        op.execute(f"ALTER TABLE milestones ADD COLUMN pause VARCHAR(10) NOT NULL DEFAULT '' CONSTRAINT "
                   f"ck_milestones_pause_known CHECK (pause IN ({PAUSES}))")  # fmt: skip
    else:
        op.add_column("milestones", pause)
        op.create_check_constraint("pause_known", "milestones", f"pause IN ({PAUSES})")
    for state, words in SENTENCES.items():
        told = MILESTONES.c.paused.startswith(words, autoescape=True)
        rest = sa.func.substr(MILESTONES.c.paused, len(words) + 1)
        op.execute(MILESTONES.update().where(told).values(pause=state, paused=rest))
    op.execute(MILESTONES.update().where(MILESTONES.c.paused != "", MILESTONES.c.pause == "").values(pause="differs"))
    _create_waivers()


def _create_waivers():
    op.create_table(
        "waivers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("milestone_id", sa.Integer(), sa.ForeignKey("milestones.id"), nullable=False),
        sa.Column("what", sa.String(12), nullable=False),
        sa.Column("waived_by", sa.Integer(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.UniqueConstraint("milestone_id", "what"),
        sa.CheckConstraint("what IN ('source', 'credentials', 'licence', 'domain')", name="what_known"),
    )


def downgrade():
    op.drop_table("waivers")
    for state, words in SENTENCES.items():
        told = MILESTONES.update().where(MILESTONES.c.pause == state)
        op.execute(told.values(paused=sa.literal(words) + MILESTONES.c.paused))
    with op.batch_alter_table("milestones") as batch:
        batch.drop_constraint("pause_known", type_="check")
        batch.drop_column("pause")
