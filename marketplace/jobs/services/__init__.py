"""What can be done with a job; nothing here commits."""

from marketplace.jobs.services.editing import (
    attach_file,
    edit_job,
    remove_attachment,
    save_draft,
    spec_of,
    start_draft,
)
from marketplace.jobs.services.lifecycle import (
    approve_job,
    cancel_job,
    close_job,
    end_due,
    publish_job,
    remove_job,
    reopen_job,
    restore_job,
    send_back_job,
    take_back_job,
    what_lacks,
)
from marketplace.jobs.services.pools import fund_pool

__all__ = [
    "approve_job",
    "attach_file",
    "cancel_job",
    "close_job",
    "edit_job",
    "end_due",
    "fund_pool",
    "publish_job",
    "remove_attachment",
    "remove_job",
    "reopen_job",
    "restore_job",
    "save_draft",
    "send_back_job",
    "spec_of",
    "start_draft",
    "take_back_job",
    "what_lacks",
]
