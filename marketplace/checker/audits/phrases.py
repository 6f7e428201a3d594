"""Phrases and hosts that mark pages that are no working site; signs.py weighs them.

Phrases are those that hosts, registrars and servers themselves put on such pages, never ordinary words: a
restaurant mentions parking, a shop has things for sale.
"""

from __future__ import annotations

import re


def _any_of(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


PARKED = _any_of(
    r"(?:domain|web ?page|web ?site)(?: name)? (?:is|has been) (?:currently )?parked",
    r"parked (?:for )?free|parked domain|domain parking|courtesy of (?:godaddy|namecheap|sedo)",
    r"sponsored listings displayed|this domain (?:is|was|has been) (?:recently |just )?registered",
    r"diese domain (?:ist|wurde) (?:geparkt|registriert)",
)
FOR_SALE = _any_of(
    r"(?:domain(?: name)?|\b[\w-]{1,63}\.(?:com|net|org|io|co|de|app|dev)) (?:is|may be) (?:available )?for sale",
    r"(?:buy|acquire|purchase|own|get) this domain|(?:in|en)quire about this domain",
    r"make an offer (?:for|on) this domain|domain (?:steht )?zum verkauf",
)
BROKERS = frozenset({
    "above.com", "afternic.com", "atom.com", "bodis.com", "brandbucket.com", "dan.com", "domainmarket.com",
    "dsparking.com", "efty.com", "hugedomains.com", "parkingcrew.net", "parklogic.com", "sedo.com", "sedoparking.com",
    "skenzo.com", "undeveloped.com", "uniregistry.com",
})  # fmt: skip
"""Domain parking services and brokers."""

FILLER = _any_of(
    r"lorem ipsum|dolor sit amet|consectetur adipiscing",
    r"your (?:text|headline|tagline|title|content) (?:goes )?here|insert (?:your )?text here|company name here",
    r"this is (?:your first post|an example page)|just another wordpress site",
    r"(?:replace|edit) this (?:text|paragraph|section)|\bsample text\b",
)
LOREM = frozenset({
    "adipiscing", "aliqua", "aliquip", "amet", "anim", "aute", "cillum", "commodo", "consectetur", "consequat",
    "culpa", "cupidatat", "deserunt", "dolor", "dolore", "duis", "eiusmod", "elit", "enim", "esse", "excepteur",
    "exercitation", "fugiat", "incididunt", "ipsum", "irure", "labore", "laboris", "laborum", "lorem", "magna",
    "minim", "mollit", "nisi", "nostrud", "nulla", "occaecat", "officia", "pariatur", "proident", "quis",
    "reprehenderit", "sint", "sunt", "tempor", "ullamco", "velit", "veniam", "voluptate",
})  # fmt: skip
"""Words of lorem ipsum that are rare elsewhere."""

DEFAULT_TITLE = _any_of(
    r"welcome to (?:nginx|openresty|caddy|centos|tengine)!?|apache2? .*default page.*|it works!?|caddy works!",
    r"(?:apache http server )?test page.*(?:apache|nginx|http server).*|iis(?: windows(?: server)?|\d+)?",
    r"index of /.*|(?:domain |default web ?site |default )page|domain default page|web server'?s default page",
    r"default parallels plesk.*|plesk (?:obsidian|onyx).*|cpanel.*|site not found.*|deployment.*not found",
    r"welcome to your new (?:web ?)?site.*",
)
"""Titles (whole) of default pages of servers, panels and hosts."""
DEFAULT_TEXT = _any_of(
    r"(?:web server|nginx|caddy|server) is (?:successfully )?(?:installed|working|running)",
    r"further configuration is required|default (?:welcome|web ?site|web|server) page|^it works!|^index of /",
    r"internet information services|replace this (?:file|page)|public_html|web host manager",
    r"(?:upload|publish) your (?:web ?site|files|content)|(?:generated|powered) by (?:plesk|cpanel)",
    r"if you are the (?:owner|administrator) of this (?:web ?site|domain)",
)
UNFINISHED = _any_of(
    r"under construction|coming soon|(?:launching|opening|back) soon|maintenance mode|work in progress",
    r"(?:site|page) is (?:currently )?being (?:built|made|worked on)|(?:down|closed) for maintenance",
    r"im aufbau|en construction|en construcción|in costruzione",
)
SIGN_IN = _any_of(
    r"(?:.{1,60}[|·:–—-] ?)?(?:please )?"
    r"(?:(?:sign|log)[ -]?(?:in|on)|anmelden|einloggen|se connecter|connexion)"
    r"(?:(?: to | bei |[ ]?[|·:–—-] ?).{1,80})?",
    r"(?:.{1,60}[|·:–—-] ?)?(?:iniciar sesión|accedi|inloggen|welcome back|choose an account|who are you)[!.?]?",
)
"""Titles or first headings (whole) of login pages."""
DEMO = _any_of(
    r"(?:demo|test|sample|guest) (?:account|login|log-in|credentials?|user(?:name)?|password|zugang|access)\b",
    r"(?:password|passwort|pw)\s*[:=]\s*\S{3,}",
)
"""Said by pages that offer a demo account."""
GO_ON = _any_of(
    r"next|continue(?: with e-?mail)?|(?:sign|log)[ -]?(?:in|on)|proceed|go on",
    r"weiter|fortfahren|einloggen|suivant|continuer|se connecter",
    r"siguiente|continuar|avanti|accedi|volgende|inloggen",
)
"""Labels (whole) of buttons that lead to the next step of signing in; a newsletter's differ."""

PLATFORMS = frozenset({
    "1drv.ms", "behance.net", "bitbucket.org", "box.com", "canva.com", "docs.google.com", "dribbble.com",
    "drive.google.com", "dropbox.com", "etsy.com", "facebook.com", "figma.com", "fiverr.com", "freelancer.com",
    "github.com", "gitlab.com", "guru.com", "icloud.com", "instagram.com", "issuu.com", "linkedin.com", "linktr.ee",
    "loom.com", "medium.com", "mega.nz", "miro.com", "notion.so", "onedrive.live.com", "peopleperhour.com",
    "photos.app.goo.gl", "pinterest.com", "reddit.com", "scribd.com", "slideshare.net", "t.me", "themeforest.net",
    "threads.net", "tiktok.com", "toptal.com", "twitter.com", "upwork.com", "vimeo.com", "wa.me", "wetransfer.com",
    "x.com", "youtu.be", "youtube.com",
})  # fmt: skip
"""Platforms for profiles, services, files and videos, where no sites run."""
EMBEDDED = frozenset({
    "calendar.google.com", "calendly.com", "codepen.io", "docs.google.com", "embed.music.apple.com",
    "form.typeform.com", "geo.dailymotion.com", "google.com", "maps.google.com", "open.spotify.com",
    "openstreetmap.org", "player.twitch.tv", "player.vimeo.com", "w.soundcloud.com", "youtube-nocookie.com",
    "youtube.com",
})  # fmt: skip
"""Hosts of maps, videos, calendars and forms that sites commonly embed."""
DOCUMENTS = _any_of(
    r"image/.*|audio/.*|video/.*|font/.*|text/(?:plain|csv|rtf)",
    r"application/(?:pdf|zip|gzip|x-.*|msword|rtf|octet-stream|vnd\..*)",
)
"""Content types of files rather than pages."""
