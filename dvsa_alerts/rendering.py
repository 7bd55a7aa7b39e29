"""How every form of the site is rendered: label, hint, error and summary alike."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Forms and fields by our own parts, found where all templates are."""

    form_template_name = "_form.html"
    field_template_name = "_field.html"
