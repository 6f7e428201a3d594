"""Every way in which a page can connect to an address: the evil site's pages, one per way.

In a page's source $T is a target as scheme and host (http://127.0.0.1:1234), $H its host and port, $A its bare host and
$P its port; the source is repeated for each target, so that the page tries all of them.
"""

from __future__ import annotations

from string import Template

from tests.support.sites import SiteRequest, answer, html, redirect


def script(source: str) -> str:
    return f"<script>(async () => {{ {source} }})().catch(() => 0)</script>"


def in_worker(source: str) -> str:
    """A worker created from a string."""
    return script(f"new Worker(URL.createObjectURL(new Blob([{source!r}], {{type: 'text/javascript'}})))")


PEER = """
  const one = new RTCPeerConnection(), two = new RTCPeerConnection();
  one.createDataChannel("x");
  await one.setLocalDescription(await one.createOffer());
  await two.setRemoteDescription(one.localDescription);
  await two.setLocalDescription(await two.createAnswer());
  await one.setRemoteDescription(two.localDescription);
"""

IN_PAGES = {
    "image": '<img src="$T/a.png">',
    "image srcset": '<img srcset="$T/a.png 1x, $T/b.png 2x">',
    "input image": '<input type="image" src="$T/a.png">',
    "svg image": '<svg><image href="$T/a.png" width="9" height="9"/></svg>',
    "svg use": '<svg><use href="$T/a.svg#x"/></svg>',
    "body background": '<table background="$T/a.png"><tr><td>x</table>',
    "stylesheet": '<link rel="stylesheet" href="$T/a.css">',
    "css import": '<style>@import url("$T/a.css");</style>',
    "css background": '<div style="background: url($T/a.png)">x</div>',
    "css cursor and list": '<ul style="list-style-image: url($T/a.png)"><li>x</ul>',
    "font": '<style>@font-face { font-family: a$P; src: url("$T/a.woff2"); }</style><p style="font-family: a$P">x</p>',
    "script": '<script src="$T/a.js"></script>',
    "module": '<script type="module" src="$T/a.js"></script>',
    "dynamic import": script('import("$T/a.js")'),
    "frame": '<iframe src="$T/"></iframe>',
    "frame in a frame": "<iframe srcdoc=\"<iframe src='$T/'></iframe>\"></iframe>",
    "sandboxed frame": '<iframe sandbox="allow-scripts" src="$T/"></iframe>',
    "object": '<object data="$T/a.svg" type="image/svg+xml"></object>',
    "embed": '<embed src="$T/a.svg" type="image/svg+xml">',
    "video": '<video src="$T/a.mp4" preload="auto" autoplay muted></video>',
    "video poster": '<video poster="$T/a.png"></video>',
    "audio": '<audio src="$T/a.mp3" preload="auto" autoplay></audio>',
    "fetch": script('await fetch("$T/", {mode: "no-cors"})'),
    "fetch kept alive": script('await fetch("$T/", {mode: "no-cors", method: "POST", keepalive: true, body: "x"})'),
    "xhr": script('const x = new XMLHttpRequest(); x.open("GET", "$T/"); x.send()'),
    "beacon": script('navigator.sendBeacon("$T/", "x")'),
    "event source": script('new EventSource("$T/")'),
    "web socket": script('new WebSocket("ws://$H/")'),
    "worker fetch": in_worker('fetch("$T/", {mode: "no-cors"})'),
    "worker import": in_worker('importScripts("$T/a.js")'),
    "worker web socket": in_worker('new WebSocket("ws://$H/")'),
    "service worker": script('await navigator.serviceWorker.register("/sw.js?$T")'),
    "service worker, by the back door": script(
        'await ServiceWorkerContainer.prototype.register.call(navigator.serviceWorker, "/sw.js?$T")'
    ),
    "ping": '<a id="a$P" href="#" ping="$T/">x</a>' + script('document.getElementById("a$P").click()'),
    "prefetch": '<link rel="prefetch" href="$T/a.html">',
    "preload": '<link rel="preload" as="image" href="$T/a.png">',
    "module preload": '<link rel="modulepreload" href="$T/a.js">',
    "preconnect": '<link rel="preconnect" href="$T/">',
    "dns prefetch": '<link rel="dns-prefetch" href="$T/">',
    "prerender": '<link rel="prerender" href="$T/">',
    "icon": '<link rel="icon" href="$T/favicon.ico">',
    "manifest": '<link rel="manifest" href="$T/manifest.json">',
    "speculation rules": '<script type="speculationrules">{"prefetch": [{"urls": ["$T/"], "eagerness": "immediate"}],'
    ' "prerender": [{"urls": ["$T/p"], "eagerness": "immediate"}]}</script>',
    "pop-up": script('open("$T/")'),
    "form in a new window": '<form id="f" action="$T/" method="post" target="_blank"></form>'
    + script('document.querySelector("form[action^=\\"$T\\"]").submit()'),
    "download": '<a id="d$P" href="$T/a.zip" download>x</a>' + script('document.getElementById("d$P").click()'),
    "web transport": script('await new WebTransport("https://$H/").ready'),
    "web rtc stun": script(
        'const c = new RTCPeerConnection({iceServers: [{urls: "stun:$H"}]}); c.createDataChannel("x");'
        "await c.setLocalDescription(await c.createOffer())"
    ),
    "web rtc turn": script(
        'const c = new RTCPeerConnection({iceServers: [{urls: ["turn:$H?transport=udp", "turn:$H?transport=tcp"],'
        ' username: "x", credential: "x"}]}); c.createDataChannel("x");'
        "await c.setLocalDescription(await c.createOffer())"
    ),
    "web rtc peer": script(
        PEER + 'const at = "$A".replace(/[[\\]]/g, ""), c = "candidate:1 1 ";'
        'await one.addIceCandidate({candidate: c + "udp 2122260223 " + at + " $P typ host", sdpMid: "0"});'
        'await one.addIceCandidate({candidate: c + "tcp 1518280447 " + at + " $P typ host tcptype passive",'
        ' sdpMid: "0"})'
    ),
}
"""Ways that don't leave the page, so that one page can try all targets."""

LEAVING = {
    "meta refresh": '<meta http-equiv="refresh" content="0; url=$T/">',
    "script redirect": script('location = "$T/"'),
    "form": '<form action="$T/" method="post"></form>' + script("document.forms[0].submit()"),
    "link clicked": '<a href="$T/">x</a>' + script('document.querySelector("a").click()'),
    "history and reload": script('history.pushState(0, "", "/x"); location.replace("$T/")'),
}
"""Ways that leave the page: tried in frames, one per target."""

BY_SERVER = ("redirect", "policy report", "preload header", "refresh header")

WAYS = (*IN_PAGES, *LEAVING, *BY_SERVER)

IDLE = frozenset({"dns prefetch", "icon", "manifest", "preconnect", "prerender", "svg use"})
"""Ways that the headless shell never uses, even unrestricted; other builds of Chromium use some."""


class EvilSite:
    """Responses of the evil site: /<number of the way>, with all targets; set `targets` before the first request."""

    def __init__(self) -> None:
        self.targets: dict[str, list[str]] = {}
        """Way -> its targets, as http://host:port."""

    def __call__(self, request: SiteRequest) -> bytes:
        path, _, query = request.target.partition("?")
        if path == "/sw.js":
            source = f"addEventListener('install', e => e.waitUntil(fetch('{query}/', {{mode: 'no-cors'}})))"
            return answer(body=source, content_type="text/javascript")
        _, number, *which = path.split("/")
        way = WAYS[int(number)] if number.isdigit() else ""
        if not way:
            return answer(404)
        targets = self.targets[way]
        if which:
            return self._one(way, targets[int(which[0])])
        if way in IN_PAGES:
            return html("".join(_written(IN_PAGES[way], target) for target in targets))
        return html("".join(f'<iframe src="/{number}/{index}"></iframe>' for index in range(len(targets))))

    def _one(self, way: str, target: str) -> bytes:
        if way == "redirect":
            return redirect(f"{target}/")
        if way == "policy report":
            policy = f"script-src 'none'; report-uri {target}/"
            return answer(body="<script>1</script>", content_security_policy=policy)
        if way == "preload header":
            return answer(body="x", link=f"<{target}/a.css>; rel=preload; as=style")
        if way == "refresh header":
            return answer(body="x", refresh=f"0; url={target}/")
        return html(_written(LEAVING[way], target))


def _written(source: str, target: str) -> str:
    host = target.partition("://")[2]
    name, _, port = host.rpartition(":")
    return Template(source).substitute(T=target, H=host, A=name, P=port)
