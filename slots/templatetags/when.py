"""Template filters for times in a learner's words."""

from django import template

from slots.wording import away, span

register = template.Library()
register.filter(away)
register.filter(span)
