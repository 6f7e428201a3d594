"""What people do with their accounts: join, present themselves, ask past customers for a word."""

from marketplace.accounts.services.addresses import note_change, undo_change, undoable_change
from marketplace.accounts.services.people import (
    change_profile,
    change_settings,
    create_user,
    role_named,
    set_admin,
    sign_out_everywhere,
)
from marketplace.accounts.services.portfolio import Piece, add_piece, change_piece, remove_piece
from marketplace.accounts.services.signals import forget_signals, know_pair, note_signals, unknow_pair
from marketplace.accounts.services.testimonials import (
    hide_testimonial,
    invite_testimonial,
    open_invitation,
    refuse_invitations,
    refusing_address,
    show_testimonial,
    why_not_praise,
    write_testimonial,
)

__all__ = [
    "Piece",
    "add_piece",
    "change_piece",
    "change_profile",
    "change_settings",
    "create_user",
    "forget_signals",
    "hide_testimonial",
    "invite_testimonial",
    "know_pair",
    "note_change",
    "note_signals",
    "open_invitation",
    "refuse_invitations",
    "refusing_address",
    "remove_piece",
    "role_named",
    "set_admin",
    "show_testimonial",
    "sign_out_everywhere",
    "undo_change",
    "undoable_change",
    "unknow_pair",
    "why_not_praise",
    "write_testimonial",
]
