//! Lists: a page of entries, and where it stands among the others (vendor doc).

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::query::Page;

/// `{"data":[…],"meta":{"pagination":…}}`
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(in crate::http) struct List<T> {
    data: Vec<T>,
    meta: Meta,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Meta {
    pagination: Pagination,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Pagination {
    total: usize,
    count: usize,
    per_page: usize,
    current_page: usize,
    total_pages: usize,
}

impl<T> From<Page<T>> for List<T> {
    fn from(page: Page<T>) -> Self {
        let pagination = Pagination {
            total: page.total,
            count: page.items.len(),
            per_page: page.request.per_page,
            current_page: page.request.page,
            total_pages: page.total.div_ceil(page.request.per_page),
        };
        Self { data: page.items, meta: Meta { pagination } }
    }
}
