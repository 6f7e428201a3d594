"""`marketplace admin`: grant, revoke and list admins."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.queries import admins
from marketplace.accounts.services.people import set_admin
from marketplace.core.database import db


@click.group()
def admin() -> None:
    """Grant and revoke the admin role."""


@admin.command()
@click.argument("email")
@with_appcontext
def grant(email: str) -> None:
    """Make the person with EMAIL an admin."""
    person = _person(email)
    set_admin(person, to=True)
    db.session.commit()
    click.echo(f"{person.email} is an admin.")


@admin.command()
@click.argument("email")
@with_appcontext
def revoke(email: str) -> None:
    """Take the admin role from the person with EMAIL."""
    person = _person(email)
    set_admin(person, to=False)
    db.session.commit()
    click.echo(f"{person.email} is no admin.")


@admin.command("list")
@with_appcontext
def list_admins() -> None:
    """Name all admins."""
    for person in sorted(admins(), key=lambda one: one.email):
        click.echo(f"{person.email}  {person.name}")


def _person(email: str) -> User:
    person = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    if person is None:
        raise click.ClickException(f"Nobody signed up with {email}. They sign up on the site first.")
    return person
