"""The stock tables."""

from oscar.apps.shipping.models import *  # noqa: F403
