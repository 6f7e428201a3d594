"""The people of the sample: their profiles, portfolios, and testimonials of past customers."""

from __future__ import annotations

from dataclasses import dataclass, field

PASSWORD = "try-prebuilt-today"  # noqa: S105 (printed at start; development only)
"""Password of every sample account."""


@dataclass(frozen=True, slots=True)
class Work:
    """A portfolio item."""

    title: str
    description: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Praise:
    """A testimonial by a past customer."""

    author: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """One sample account; `key` names it in the other sample tables.

    `rate` in minor units of EUR per hour, `country` an ISO 3166 code or None.
    """

    key: str
    name: str
    roles: tuple[str, ...]
    headline: str = ""
    about: str = ""
    skills: tuple[str, ...] = ()
    rate: int | None = None
    country: str | None = None
    works: tuple[Work, ...] = ()
    praise: tuple[Praise, ...] = field(default=())

    @property
    def email(self) -> str:
        return f"{self.key}@example.com"


CLIENT, FREELANCER, ADMIN = "client", "freelancer", "admin"

PEOPLE = (
    Person("admin", "Mira Novak", (ADMIN,), "Keeps the place fair"),
    Person(
        "client", "Jonas Keller", (CLIENT,), "Runs Granite Hall, a bouldering gym with 900 members",
        "I look after the gym and its website. I answer within a day and decide within two weeks.",
        country="DE",
    ),
    Person("bakery", "Leila Haddad", (CLIENT,), "Bakes bread and pays on time"),
    Person("choir", "Paul Sommer", (CLIENT,), "Treasurer of a choir of sixty"),
    Person("newcomer", "Ines Duarte", (CLIENT,), "Opening a bike workshop in spring"),
    Person(
        "freelancer", "Amara Okafor", (FREELANCER,), "Booking and membership sites that people finish on a phone",
        "Eleven years of small sites for places with opening hours: gyms, libraries, a ferry.\n\n"
        "I build a first version before I ask for money, because it saves us both three meetings.",
        ("python", "flask", "css", "accessibility", "postgresql"), 6500, "IE",
        (
            Work("Ferry timetable", "Timetable and day tickets for an island ferry, with no app to install.", "https://ferry.example/"),
            Work("Library rooms", "Room booking for a town library; 40 % of bookings come from phones.", "https://rooms.example/"),
        ),
        (
            Praise("Henrik Dahl", "Harbour master, Ferry line", "She showed us the working timetable before we had agreed on a price. It is still in use."),
            Praise("Sofia Marin", "Head librarian", "On time, to the euro, and our oldest readers manage it."),
        ),
    ),
    Person(
        "studio", "Studio Lindqvist", (FREELANCER, CLIENT), "Two designers, one developer, no meetings",
        "We make calm, fast sites for sports and culture.",
        ("design", "css", "javascript", "figma"), 8500, "SE",
        (Work("Concert hall", "Season programme with seat plans.", "https://hall.example/"),),
        (Praise("Ida Berg", "Programme director", "Beautiful work, and the editors love it."),),
    ),
    Person(
        "tomas", "Tomás Rey", (FREELANCER,), "Flask, PostgreSQL and plain good manners", "Backend first, then a page that fits it.",
        ("python", "flask", "postgresql", "redis"), 5000, "ES",
    ),
    Person(
        "jiwoo", "Ji-woo Han", (FREELANCER,), "Front ends with great attention to the small screen", "",
        ("css", "javascript", "accessibility", "react"), 5500, "KR",
        (
            Work("Tennis club", "Court booking with recurring slots.", "https://tennis.example/"),
            Work("Museum night", "One evening, 40 venues, one page.", "https://museum-night.example/"),
            Work("School canteen", "Menus and allergens.", "https://canteen.example/"),
        ),
        (Praise("Bo Lund", "Tennis club", "The recurring bookings just work."),),
    ),
    Person("pixel", "Pixel & Rope", (FREELANCER,), "Bold sites for climbers, by climbers", "", ("design", "javascript", "seo"), 7000),
    Person("nadia", "Nadia Petrov", (FREELANCER,), "WordPress and shops since 2014", "", ("wordpress", "php", "seo", "copywriting"), 4000, "BG"),
    Person("sam", "Sam Whitlock", (FREELANCER,), "New here: two apprentice years and much patience", "", ("css", "javascript"), 2500, "GB"),
    Person("copy", "Quick Sites Co", (FREELANCER,), "A site in a day", "", ("css", "wordpress"), 1500),
)  # fmt: skip
