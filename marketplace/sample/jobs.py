"""The sample's jobs and bids: realistic specs, and bids in every state."""

from __future__ import annotations

from dataclasses import dataclass

GYM_SPEC = """Granite Hall is a bouldering gym with 900 members and three halls. Today people phone to book; we want a site where
a member books a slot in **three taps** on a phone.

### What happens on the site
1. The start page shows today's and tomorrow's slots with the places left.
2. A member picks a slot, types a name, and has booked. No account, no card.
3. Prices and opening hours are one tap away.

### What matters to us
- It works with one hand, on a four-year-old phone, in a cellar with one bar of signal.
- Our staff can read it: no jargon, large text.
- Payment comes later; leave room for it.

You may reuse templates and libraries. Say which."""

BAKERY_SPEC = """We bake forty kinds of bread and bring them to eleven market stalls. People ask the same three questions all day:
*what is there today, what is in it, can I order for Saturday?*

Build a small site that answers them:

- a list of today's bread with allergens, which we change from a phone at five in the morning
- an order form for Saturday (name, phone, breads, stall), sent to us by mail
- a page about the bakery; texts and photos are there

No shop system, please. Fast matters more than fancy."""

CHOIR_SPEC = """Sixty singers, four concerts a year. We need a members' area: rehearsal dates, who is coming, sheet music as PDF files,
and a public page with the next concerts. Logins by mailed link, since nobody remembers passwords."""

DASHBOARD_SPEC = """Our stalls write their takings on paper. I would like a page for the phone where each stall types three numbers in the evening,
and a table for me with the week and a simple chart. Export as CSV. Eleven users, no more."""

MENU_SPEC = (
    """One page with our lunch menu, changed daily, readable from across the counter on an old tablet. Light on dark."""
)

BIKE_SPEC = """A bike workshop opens in April. One page: what we mend, what it costs, when we are open, how to find us, and a form
to ask for a slot. Friendly, quick, honest. Pictures come from a photographer in March."""

HOURS_SPEC = """Our opening hours change with the school holidays, and four places on our site say four different things. We want **one list of
hours** that we edit in one place, shown on every page and as a printable sign for the door. Nine halls, three languages."""

TICKETS_SPEC = """Season tickets are sold at the counter with carbon paper. We want a page where a member picks a ticket, pays by invoice, and gets a
code that the turnstile reads. Staff see who bought what, and can block a lost ticket from the phone."""

NEWSLETTER_SPEC = """One letter a month to 900 members: a template that we fill in by ourselves, an archive on the site, and sign-up and leaving with one
click. It has to look right in **Outlook, Gmail and on a phone**."""

COURSE_SPEC = """Beginners' courses fill up in an hour and we run waiting lists on paper. We would like to see a working first page before we choose: a list
of courses with places left, and a waiting list that moves up by itself when somebody cancels.

Every bid needs a prototype, so there is a pool: if we choose nobody, it is shared among those whose prototype works."""

LOGO_SPEC = """We have a name and a shop front, no face. A logo that works on a paper bag, a favicon and a van, as SVG, with two colours at most."""


@dataclass(frozen=True, slots=True)
class SampleBid:
    """A bid by the person `by`; `site` names a sample prototype; `then` is the bid's outcome."""

    by: str
    price: int
    days: int
    note: str
    hours: int | None = None
    site: str = ""
    credits: str = ""
    then: str = "submitted"


@dataclass(frozen=True, slots=True)
class SampleJob:
    """A job by the person `client`; amounts in major units; `then` is its outcome."""

    client: str
    title: str
    spec: str
    category: str
    skills: tuple[str, ...]
    budget: tuple[int, int]
    currency: str = "EUR"
    requirements: tuple[tuple[str, str], ...] = ()
    bids: tuple[SampleBid, ...] = ()
    posted_days_ago: int = 5
    closed_days_ago: int = 1
    """Days since bids closed, unless it is open."""
    then: str = "open"
    pool: int = 0
    """Participation pool in major units; such a job stays a draft until the pool is paid."""


JOBS = (
    SampleJob(
        "client", "Booking site for a climbing gym", GYM_SPEC, "web", ("python", "flask", "css", "accessibility"), (2000, 3500),
        requirements=(
            ("text", "Book"), ("form", ""), ("page", "/prices"), ("page", "/contact"), ("text", "places left"),
            ("selector", "nav a"), ("load_time", "2"), ("page", "/book"), ("phone", ""),
            ("free", "A member books in three taps on a phone"), ("free", "Staff can change slots without help"),
        ),
        bids=(
            SampleBid("freelancer", 2900, 18, "I run a bouldering wall's site today, so the slot rules in your spec are familiar. The prototype already shows "
                      "places left; payment is stubbed.", 6, "granite-hall", "Icons: Lucide (ISC). Everything else is my own."),
            SampleBid("studio", 3400, 14, "Two of us, three weeks of notice, and a fixed price. The timetable view works on a phone at the wall with one hand, "
                      "and prices are one tap away.", 24, "summit", "Type: Inter (OFL).", "shortlisted"),
            SampleBid("tomas", 2400, 25, "New prototype link today. It covers the booking flow and the staff day view; I can add the waiting list in week two "
                      "without touching the rest.", 48, "slow"),
            SampleBid("jiwoo", 2700, 21, "Three booking sites in my portfolio; the closest is a tennis club with recurring slots. I would start from that data "
                      "model and send a first version in a week.", 48),
            SampleBid("pixel", 3100, 20, "Bold look, animated wall map, and climbers on the team. We are moving hosts this week, so the link may blink; the "
                      "design is done.", 72, "broken"),
            SampleBid("nadia", 1900, 30, "I would do this with a booking plugin that I know well. It is cheap to run and your staff can change the slots "
                      "without calling me.", 72, "redirecting", "Plugin: commercial licence included in the price."),
            SampleBid("copy", 1200, 3, "A complete site in three days at the lowest price. See the link: everything you ask for is there already, ready to "
                      "go live at once.", 2, "copycat"),
            SampleBid("sam", 2100, 28, "I have not done a booking site yet. I read the spec three times and would build the start page first, show it to you "
                      "in the gym, and go on from there.", then="declined"),
        ),
    ),
    SampleJob(
        "bakery", "Bread list and Saturday orders for a bakery", BAKERY_SPEC, "web", ("flask", "css", "copywriting"), (900, 1600),
        requirements=(("text", "allergens"), ("form", ""), ("load_time", "1.5"), ("free", "We change today's bread from a phone")),
        bids=(
            SampleBid("freelancer", 1400, 10, "The form mails you the orders sorted by stall. I would bring the phone page for five in the morning to the "
                      "bakery and watch you use it once.", 12),
            SampleBid("nadia", 1000, 14, "A light theme, a bread list that you edit like a document, and an order form with a spam filter that has never cost "
                      "a customer a loaf.", 24, "parked"),
        ),
        posted_days_ago=3,
    ),
    SampleJob("choir", "Members' area for a choir", CHOIR_SPEC, "web", ("python", "flask", "postgresql"), (1200, 2400),
              requirements=(("page", "/concerts"), ("free", "Sign-in by mailed link")), posted_days_ago=2),
    SampleJob(
        "bakery", "Takings page for eleven market stalls", DASHBOARD_SPEC, "data", ("python", "javascript"), (700, 1300),
        requirements=(("form", ""), ("free", "CSV export")),
        bids=(
            SampleBid("tomas", 1100, 9, "Three numbers, one button, one table. I have the form running on a phone already and would add the chart and the "
                      "export this week.", 8, "granite-hall", then="awarded"),
            SampleBid("jiwoo", 1250, 12, "A small page with a chart that your accountant will like; the export follows the format of her program. Works "
                      "without signal and sends later.", 24),
            SampleBid("sam", 800, 15, "I would learn a lot from this one and it shows in the price. Form first, then the table, then the chart, each shown to "
                      "you as it is ready.", then="withdrawn"),
        ),
        posted_days_ago=20, then="awarded",
    ),
    SampleJob("client", "Lunch menu on an old tablet", MENU_SPEC, "design", ("css",), (150, 300), posted_days_ago=12, then="cancelled",
              bids=(SampleBid("sam", 200, 2, "One page, large type, light on dark, changed by editing a text file. I tried it on a tablet from 2014 and it "
                              "loads in a second."),)),
    SampleJob("newcomer", "A page for a bike workshop", BIKE_SPEC, "web", ("css", "copywriting"), (600, 1200), then="pending_review", posted_days_ago=0,
              requirements=(("form", ""), ("text", "open"))),
    SampleJob("bakery", "Logo for a bakery", LOGO_SPEC, "design", ("design",), (300, 800), currency="CHF", then="closed", posted_days_ago=9,
              bids=(SampleBid("studio", 750, 7, "Two directions in three days, then one round. You get SVG, a favicon, a van template and the rules for using "
                              "them on one page."),)),
    SampleJob("client", "Route-setting calendar", "Draft: who sets which wall when.", "web", ("python",), (500, 900), then="draft", posted_days_ago=1),
    SampleJob(
        "client", "Opening hours in one place", HOURS_SPEC, "web", ("python", "flask"), (1000, 1800), posted_days_ago=96, closed_days_ago=90,
        requirements=(("text", "open"), ("free", "We change the hours in one place")), then="closed",
        bids=(
            SampleBid("freelancer", 1600, 14, "One list, one form, one sign for the door as a PDF. I did the same for a ferry whose timetable changes with the "
                      "tide."),
            SampleBid("nadia", 1250, 20, "A plugin does most of it; I would set it up, translate it, and show your staff how to change the hours."),
        ),
    ),
    SampleJob(
        "client", "Season tickets for a climbing gym", TICKETS_SPEC, "web", ("python", "flask", "postgresql"), (2000, 3200),
        posted_days_ago=30, closed_days_ago=24, requirements=(("form", ""), ("free", "Staff block a lost ticket from the phone")), then="closed",
        bids=(
            SampleBid("freelancer", 2600, 21, "The hours page taught me your staff's day, so I would build the counter's view first and the shop second, each "
                      "paid for on its own.", site="tickets"),
            SampleBid("tomas", 2900, 24, "Tickets, invoices and the turnstile's codes in one small Flask application, with tests that your next developer can "
                      "read."),
        ),
    ),
    SampleJob(
        "client", "Newsletter for 900 members", NEWSLETTER_SPEC, "design", ("css", "copywriting"), (500, 900),
        posted_days_ago=40, closed_days_ago=35, requirements=(("free", "Looks right in Outlook, Gmail and on a phone"),), then="closed",
        bids=(SampleBid("freelancer", 800, 12, "A plain template that survives every mail program, an archive that makes itself, and a sign-up form that asks "
                        "for nothing but the address."),),
    ),
    SampleJob("client", "Waiting lists for beginners’ courses", COURSE_SPEC, "web", ("python", "flask", "accessibility"), (1500, 2500),
              requirements=(("text", "places left"), ("form", ""), ("phone", "")), posted_days_ago=1, then="draft", pool=300),
)  # fmt: skip
