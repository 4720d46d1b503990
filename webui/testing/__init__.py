"""For people who write extensions: pytest fixtures over the real parts (see docs/extensions/testing.md).

`pytest_plugins = ["webui.testing"]` in a test file brings them. The extension is the one in whose folder that file is.
PYTEST_DONT_REWRITE: a test file that imports a type from here does so before pytest does.
"""

from webui.testing.fixtures import extension, make_picture, make_quick_picture, tiny_models
from webui.testing.studio import Made, Studio

__all__ = ["Made", "Studio", "extension", "make_picture", "make_quick_picture", "tiny_models"]
