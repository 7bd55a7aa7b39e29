"""The page that shows the API's description; all of it is served from here."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI, its script at the same address, so that nothing is inline."""

    url_name = "api_schema"
    template_name = "slots/api_docs.html"
