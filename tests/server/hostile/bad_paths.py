"""Names of files that nobody may have by them: five hundred ways to say so."""

from itertools import product

_TARGETS = (
    "etc/passwd", "etc/shadow", "proc/self/environ", "root/.ssh/id_rsa", "windows/win.ini", "data/settings.json",
    "settings.json", "library.sqlite", "library.sqlite-wal", "accounts.json", "logs/server.log", "pyproject.toml",
    "webui/settings.py", ".git/config", ".env",
    "var/log/syslog", "boot.ini",
)  # fmt: skip
_STEPS = (
    "../", "../../../../../../", "..\\", "..\\..\\..\\..\\", "%2e%2e/", "%2e%2e%2f%2e%2e%2f", "..%2f..%2f", "..%5c",
    "%252e%252e%252f", "..;/", "....//", "..././", "/", "//", "\\\\?\\", "./../", "a/../../", "..%c0%af", "\u2025/",
    "\uff0e\uff0e/", "file:///", "C:/", "c:\\", "~/", "$HOME/", "%00/../",
)  # fmt: skip
_ODD = (
    ".", "..", "...", "", "/", "//", "\\", "~", "~root", "CON", "NUL.png", "aux", "COM1", "a:b", "a:$DATA",
    "x.png::$DATA", "name.", "name ", " name", "\u202egnp.exe", "a\u2044b", "a\u2215b", "\x00", "x\x00.png", "%00",
    "x%00.png", "a\nb", "a\r\nSet-Cookie: x=1", "\ufeff", "\u200b", "e\u0301", "\U0001f4a3" * 60, "a" * 300,
    "a/" * 5_000, "a" * 10_000,
    "*", "?", "x?y", "x#y", "|id", ";id", "`id`", "$(id)", "<script>", "' OR 1=1 --", "x' UNION SELECT 1 --", "%s%n",
    "{0}", "{{7*7}}", "${7*7}", "-rf", "--help", "x" * 32, "0" * 64, "-1", "9" * 400, "1e999", "nan", "None",
)  # fmt: skip
BAD_PATHS = tuple(dict.fromkeys([*(step + target for step, target in product(_STEPS, _TARGETS)), *_ODD]))
"""As a server decodes them once; those with a percent sign are for whoever decodes twice."""
