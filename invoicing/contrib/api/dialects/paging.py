"""Pages of dialects whose lists are plain: all rows, as far as one page may hold them."""

from __future__ import annotations

from rest_framework.request import Request

from invoicing.conf import conf
from invoicing.contrib.api.pagination import Pages


class LargePages(Pages):
    """As many rows as a page may have, unless `limit` asks for fewer."""

    def get_limit(self, request: Request) -> int:
        return super().get_limit(request) if self.limit_query_param in request.query_params else conf.api_max_page_size
