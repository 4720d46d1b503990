"""For people who write extensions: pytest fixtures over the real parts (see docs/extensions/testing.md).

`pytest_plugins = ["webui.testing"]` in a test file brings them. The extension is the one in whose folder that file is.
"""

from webui.testing.fixtures import extension, make_picture, make_quick_picture, tiny_models
from webui.testing.studio import Made, Studio

__all__ = ["Made", "Studio", "extension", "make_picture", "make_quick_picture", "tiny_models"]
