"""Links that the address guard refuses by their text, by who names them; addresses are in guard_addresses.py.

A link named by several sources is listed under the first that tests it.
"""

from __future__ import annotations

from tests.support.guard_sources import Source, named_by, together

OTHER_NOTATIONS = together(
    named_by(Source.GITLAB, {
        "integer": ("http://2130706433/", "ambiguous_host"),
        "octal integer": ("http://017700000001/", "ambiguous_host"),
        "octal, short": ("http://0177.1/", "ambiguous_host"),
        "hexadecimal": ("http://0x7f000001/", "ambiguous_host"),
        "hexadecimal, short": ("http://0x7f.1/", "ambiguous_host"),
        "hexadecimal and decimal": ("http://0x7f.0.0.1/", "ambiguous_host"),
        "padded decimals": ("http://127.000.000.001/", "ambiguous_host"),
        "short, two dots": ("http://127.0.1/", "ambiguous_host"),
        "five parts": ("http://1.1.1.1.1/", "not_a_url"),
        "broadcast in octal": ("http://0377.0377.0377.0377/", "ambiguous_host"),
        "broadcast in octal, oddly padded": ("http://0377.00000000377.00377.0000377/", "ambiguous_host"),
        "broadcast in hexadecimal": ("http://0xff.0xff.0xff.0xff/", "ambiguous_host"),
        "broadcast, all in one": ("http://0xffffffff/", "ambiguous_host"),
        "broadcast as integer": ("http://4294967295/", "ambiguous_host"),
        "hexadecimal that overflows": ("http://0xBaaaaaaaaaaaaaaaaffffffff/", "not_a_url"),
    }),
    named_by(Source.WPT, {
        "part above 255": ("http://192.168.0.257/", "not_a_url"),
        "octal that isn't": ("http://1.2.3.08/", "not_a_url"),
        "name that ends as octal": ("http://foo.09/", "not_a_url"),
        "name that ends as hexadecimal": ("http://foo.0x4/", "not_a_url"),
        "three notations": ("http://0Xc0.0250.01/", "ambiguous_host"),
        "three notations, percent-encoded": ("http://%30%78%63%30%2e%30%32%35%30.01/", "ambiguous_host"),
        "three notations, full-width": ("http://０Ｘｃ０．０２５０．０１/", "ambiguous_host"),
        "hexadecimal prefixes alone": ("https://0x.0x.0/", "ambiguous_host"),
    }),
    named_by(Source.WHATWG, {
        "integer, public": ("http://16843009/", "ambiguous_host"),
        "octal": ("http://0177.0.0.1/", "ambiguous_host"),
        "octal, long zeros": ("http://00000177.0.0.1/", "ambiguous_host"),
        "hexadecimal parts": ("http://0x7f.0x0.0x0.0x1/", "ambiguous_host"),
        "hexadecimal, upper case": ("http://0X7F.0.0.1/", "ambiguous_host"),
        "short, one dot": ("http://127.1/", "ambiguous_host"),
        "mixed notations": ("http://0x7f.0.01/", "ambiguous_host"),
        "overflowing integer": ("http://4294967296/", "not_a_url"),
        "bare zero": ("http://0/", "ambiguous_host"),
        "hexadecimal zero": ("http://0x0/", "ambiguous_host"),
        "address with trailing dot": ("http://127.0.0.1./", "ambiguous_host"),
        "metadata as integer": ("http://2852039166/", "ambiguous_host"),
        "metadata in octal": ("http://0251.0376.0251.0376/", "ambiguous_host"),
        "metadata, short": ("http://169.254.43518/", "ambiguous_host"),
        "metadata, overflowing": ("http://425.510.425.510/", "not_a_url"),
    }),
)  # fmt: skip

OTHER_LETTERS = together(
    named_by(Source.WHATWG, {
        "circled digits": ("http://①②⑦.⓪.⓪.①/", "ambiguous_host"),
        "circled letters": ("http://ⓔxample.com/", "ambiguous_host"),
        "full-width letters": ("http://ｅｘａｍｐｌｅ.com/", "ambiguous_host"),
        "full-width digits": ("http://１27.0.0.1/", "ambiguous_host"),
        "full-width dot": ("http://127。0。0。1/", "ambiguous_host"),
        "soft hyphen": ("http://local\u00adhost/", "ambiguous_host"),
        "zero-width joiner": ("http://exam\u200dple.com/", "not_a_url"),
        "zero-width space": ("http://exam\u200bple.com/", "ambiguous_host"),
        "right-to-left mark": ("http://\u200e127.0.0.1/", "not_a_url"),
        "right-to-left override": ("http://127.0.0.1\u202e/", "not_a_url"),
        "letter that holds a slash": ("http://example.com\u2100127.0.0.1/", "not_a_url"),
        "ligature": ("http://ﬁle.com/", "ambiguous_host"),
        "percent-encoded letter": ("http://ex%61mple.com/", "ambiguous_host"),
        "percent-encoded name": ("http://%6c%6f%63%61%6c%68%6f%73%74/", "ambiguous_host"),
        "percent-encoded dot": ("http://127%2e0.0.1/", "ambiguous_host"),
        "percent-encoded full-width": ("http://%EF%BC%9127.0.0.1/", "ambiguous_host"),
        "percent-encoded NUL": ("http://example.com%00.evil.com/", "not_a_url"),
        "percent-encoded at sign": ("http://example.com%40127.0.0.1/", "not_a_url"),
        "percent-encoded slash": ("http://example.com%2f@127.0.0.1/", "user_info"),
    }),
    named_by(Source.WPT, {
        "percent-encoded colon": ("http://ho%3Ast/", "not_a_url"),
        "percent-encoded bar": ("http://ho%7Cst/", "not_a_url"),
        "lone percent sign": ("http://a%b/", "not_a_url"),
        "caret": ("http://a^b/", "not_a_url"),
        "bar": ("http://a|b/", "not_a_url"),
    }),
    named_by(Source.GITLAB, {
        "letters for mathematics": ("https://𝕘itⅼαƄ.com/foo/foo.bar", "ambiguous_host"),
        "small capitals as last label": ("https://gitlab.ᴄοｍ/foo/foo.bar", "ambiguous_host"),
    }),
)  # fmt: skip

DISPUTED = together(
    named_by(Source.TSAI, {
        "three hosts, spaces between": ("http://1.1.1.1 &@2.2.2.2# @3.3.3.3/", "user_info"),
        "two at signs, two ports": ("http://foo@127.0.0.1:11211@google.com:80/", "user_info"),
        "space before the at sign": ("http://foo@127.0.0.1 @google.com/", "user_info"),
        "two ports": ("http://127.0.0.1:11211:80/", "not_a_url"),
    }),
    named_by(Source.WHATWG, {
        "user": ("http://user@example.com/", "user_info"),
        "user and password": ("http://user:secret@example.com/", "user_info"),
        "empty user": ("http://@example.com/", "user_info"),
        "public name as user": ("http://example.com@127.0.0.1/", "user_info"),
        "two at signs": ("http://example.com@127.0.0.1@example.org/", "user_info"),
        "port as password": ("http://127.0.0.1:80@example.com/", "user_info"),
        "back-slash before at": ("http://example.com\\@127.0.0.1/", "backslash"),
        "back-slash in path": ("http://example.com/\\127.0.0.1/", "backslash"),
        "back-slashes for slashes": ("http:\\\\example.com\\", "ambiguous_slashes"),
        "one slash": ("http:/example.com/", "ambiguous_slashes"),
        "no slash": ("http:example.com", "ambiguous_slashes"),
        "three slashes": ("http:///example.com/", "ambiguous_slashes"),
        "four slashes": ("http:////example.com/", "ambiguous_slashes"),
        "no host": ("http://", "ambiguous_slashes"),
        "no scheme": ("example.com", "not_a_url"),
        "scheme-relative": ("//example.com/", "not_a_url"),
        "empty": ("", "not_a_url"),
        "leading space": (" http://example.com/", "not_a_url"),
        "space in host": ("http://exam ple.com/", "not_a_url"),
        "tab in host": ("http://exam\tple.com/", "control_character"),
        "tab in scheme": ("ht\ttp://example.com/", "control_character"),
        "NUL": ("http://127.0.0.1\x00.example.com/", "control_character"),
        "angle bracket": ("http://<example.com>/", "not_a_url"),
        "unbalanced bracket": ("http://[::1/", "not_a_url"),
        "bracket in name": ("http://exam[ple].com/", "not_a_url"),
        "zone id": ("http://[fe80::1%eth0]/", "not_a_url"),
        "zone id, encoded": ("http://[fe80::1%25eth0]/", "not_a_url"),
        "future address": ("http://[v1.fe80]/", "not_a_url"),
        "two ports, same": ("http://example.com:80:80/", "not_a_url"),
        "two ports, private second": ("http://example.com:80:22/", "not_a_url"),
        "empty port": ("http://example.com:/", "ambiguous_port"),
        "padded port": ("http://example.com:00080/", "ambiguous_port"),
        "full-width port": ("http://example.com:８0/", "not_a_url"),
    }),
    named_by(Source.WPT, {
        "IPv6 with a letter after": ("http://[::1.2.3.4x]/", "not_a_url"),
        "IPv6 with a trailing dot": ("http://[::127.0.0.1.]/", "not_a_url"),
        "name in brackets": ("http://[google.com]/", "not_a_url"),
        "negative port": ("http://foo.cz:-80/", "not_a_url"),
    }),
    named_by(Source.SSRF_FILTER, {
        "line feed in host": ("https://www.exam\nple.com", "control_character"),
        "carriage return in host": ("https://www.exam\rple.com", "control_character"),
        "line feed in path": ("https://www.example.com/te\nst", "control_character"),
        "carriage return in path": ("https://www.example.com/te\rst", "control_character"),
    }),
    named_by(Source.GITLAB, {
        "port without a host": ("http://:8080", "not_a_url"),
        "host that reads as an option": ("http://-oProxyCommand=whoami/a", "local_name"),
        "label too long": ("https://example" + "a" * 1024 + ".com", "bad_name"),
        "port just beyond the last": ("https://example.com:65536/path", "not_a_url"),
        "port of 27 digits": ("https://example.com:800000000000000000000000000/path", "not_a_url"),
    }),
    named_by(Source.OWN, {
        "header in a link": ("http://example.com/\r\nHost: 127.0.0.1\r\n\r\n", "control_character"),
        "line feed before another host": ("http://127.0.0.1\n.example.com/", "control_character"),
        "line separator": ("http://example.com/\u2028", "control_character"),
        "too long": ("http://example.com/" + "a" * 2000, "too_long"),
        "host too long": ("http://" + "a." * 130 + "com/", "bad_name"),
        "label just too long": ("http://" + "a" * 64 + ".com/", "bad_name"),
        "port that wraps round to 80": ("http://example.com:65616/", "not_a_url"),
        "port 0": ("http://example.com:0/", "ambiguous_port"),
    }),
)  # fmt: skip

PORTS = together(
    named_by(Source.GITLAB, {
        "SMTP": ("https://gitlab.com:25/foo/foo.git", "port"),
        "last port": ("https://example.com:65535/path", "port"),
    }),
    named_by(Source.OWN, {
        "SSH": ("http://example.com:22/", "port"),
        "Redis": ("http://example.com:6379/", "port"),
        "PostgreSQL": ("http://example.com:5432/", "port"),
        "Docker": ("http://example.com:2375/", "port"),
        "development server": ("http://example.com:3000/", "port"),
    }),
)  # fmt: skip

SCHEMES = together(
    named_by(Source.GITLAB, {
        "ssh with an option": ("ssh://-oProxyCommand=whoami/a", "scheme"),
        "javascript with a host": ("javascript://localhost:80/t.git%0aalert(1)", "scheme"),
    }),
    named_by(Source.SSRF_FILTER, {"ftp": ("ftp://example.com", "scheme")}),
    named_by(Source.OWN, {
        "file": ("file:///etc/passwd", "scheme"),
        "gopher": ("gopher://example.com:70/_x", "scheme"),
        "dict": ("dict://example.com:2628/d:x", "scheme"),
        "tftp": ("tftp://example.com/", "scheme"),
        "data": ("data:text/html,<h1>x</h1>", "scheme"),
        "javascript": ("javascript:alert(1)", "scheme"),
        "unix socket": ("unix:///var/run/docker.sock", "scheme"),
        "unix over http": ("http+unix://%2Fvar%2Frun%2Fdocker.sock/", "scheme"),
        "web socket": ("ws://example.com/", "scheme"),
        "view-source": ("view-source:http://example.com/", "scheme"),
        "blob": ("blob:http://example.com/1", "scheme"),
        "jar": ("jar:http://example.com!/", "scheme"),
        "ldap": ("ldap://example.com/", "scheme"),
    }),
)  # fmt: skip

NAMES = together(
    named_by(Source.SAFEURL, {"localhost": ("http://localhost", "local_name")}),
    named_by(Source.GITLAB, {
        "localhost at another port": ("https://localhost:65535/foo/foo.git", "local_name"),
        "cluster service at another port": ("http://review-minio-svc.svc:9000/external-diffs", "local_name"),
    }),
    named_by(Source.RFC_NAMES, {
        "localhost in capitals": ("http://LOCALHOST/", "local_name"),
        "sub-domain of localhost": ("http://app.localhost/", "local_name"),
        "mDNS name": ("http://printer.local/", "local_name"),
        "home network": ("http://router.home.arpa/", "local_name"),
        "address written backwards": ("http://1.0.0.127.in-addr.arpa/", "local_name"),
        "onion": ("http://expyuzz4wqqyqhjn.onion/", "local_name"),
        "name outside DNS": ("http://example.alt/", "local_name"),
        "name that never is": ("http://example.invalid/", "local_name"),
        "name inside a firm": ("http://wiki.internal/", "local_name"),
    }),
    named_by(Source.OWN, {
        "localhost with trailing dot": ("http://localhost./", "bad_name"),
        "localdomain": ("http://localhost.localdomain/", "local_name"),
        "single label": ("http://intranet/", "local_name"),
        "proxy discovery": ("http://wpad/", "local_name"),
        "public name with trailing dot": ("http://example.com./", "bad_name"),
        "doubled dot": ("http://example..com/", "bad_name"),
    }),
    named_by(Source.PLATFORM, {
        "IPv6 loopback by name": ("http://ip6-localhost/", "local_name"),
        "Kubernetes service": ("http://kubernetes.default.svc/", "local_name"),
        "Kubernetes, full name": ("http://kubernetes.default.svc.cluster.local/", "local_name"),
        "Docker's host": ("http://host.docker.internal/", "local_name"),
        "Google's metadata": ("http://metadata.google.internal/", "local_name"),
        "Google's metadata, public name": ("http://metadata.goog/", "metadata_name"),
        "Amazon's metadata name": ("http://instance-data.ec2.internal/", "local_name"),
        "Amazon's metadata label": ("http://instance-data/", "local_name"),
        "Tencent's metadata": ("http://metadata.tencentyun.com/", "metadata_name"),
        "Equinix's metadata": ("http://metadata.platformequinix.com/", "metadata_name"),
        "Rancher's metadata": ("http://rancher-metadata/latest/", "local_name"),
    }),
)  # fmt: skip

LINKS = together(OTHER_NOTATIONS, OTHER_LETTERS, DISPUTED, PORTS, SCHEMES, NAMES)
"""Name -> a link refused whatever its host resolves to."""
