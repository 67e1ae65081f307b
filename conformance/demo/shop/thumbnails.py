"""Product pictures: the shop has none, so Oscar's placeholder stands for all and no image library is needed."""

from types import SimpleNamespace

from django.templatetags.static import static
from oscar.core.thumbnails import AbstractThumbnailer


class Placeholder(AbstractThumbnailer):
    """Shows Oscar's own placeholder wherever a smaller picture is asked for."""

    def generate_thumbnail(self, _source, **_options):
        """Return something that has the ``url`` templates ask for."""
        return SimpleNamespace(url=static("oscar/img/image_not_found.jpg"))

    def delete_thumbnails(self, _source):
        """There are none to delete."""
