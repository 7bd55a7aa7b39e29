"""A template filter for the devices that someone is signed in on."""

from django import template

from accounts.device_names import name_of_device

register = template.Library()
register.filter(name_of_device)
