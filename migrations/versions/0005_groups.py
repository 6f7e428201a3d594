"""The points that a client can turn, summed by group on each bid, so that an own order reads no explanations."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GROUPS = {
    "price_points": ("price",),
    "speed_points": ("speed",),
    "evidence_points": ("verified", "requirements", "polish", "dead"),
    "record_points": ("record", "promises", "completion"),
}
BATCH = 1_000


def upgrade():
    for column in GROUPS:
        op.add_column("bids", sa.Column(column, sa.Integer(), server_default="0", nullable=False))
    _sum_stored_terms(op.get_bind())


def _sum_stored_terms(bind):
    bids = sa.table("bids", sa.column("id", sa.Integer), sa.column("terms", sa.JSON), *map(sa.column, GROUPS))
    values = {column: sa.bindparam(f"new_{column}", type_=sa.Integer) for column in GROUPS}
    store = bids.update().where(bids.c.id == sa.bindparam("bid", type_=sa.Integer)).values(values)
    last = 0
    while True:
        after = sa.select(bids.c.id, bids.c.terms).where(bids.c.id > last).order_by(bids.c.id).limit(BATCH)
        rows = bind.execute(after).all()
        if not rows:
            return
        summed = [{"bid": row.id, **_sums(row.terms["terms"])} for row in rows if row.terms]
        if summed:
            bind.execute(store, summed)
        last = rows[-1].id


def _sums(terms):
    points = {term["name"]: term["points"] for term in terms}
    return {f"new_{column}": sum(points.get(name, 0) for name in names) for column, names in GROUPS.items()}


def downgrade():
    for column in reversed(GROUPS):
        op.drop_column("bids", column)
