use super::phrase::tell;
use super::{El, h};
use crate::browser::intl::number;
use crate::card::UsageRow;
use crate::words::{W, t};

/// Usage before this file, in it, and after it.
pub(crate) fn usage(rows: &[UsageRow]) -> El {
    let column = |word| h("th").at("scope", "col").text(t(word));
    let head = h("tr")
        .kid(h("th").at("scope", "col").kid(h("span").class("unseen").text(t(W::ReviewCounter))))
        .kids([W::ReviewBefore, W::ReviewAdded, W::ReviewAfter].map(column));
    let body = rows.iter().map(|row| {
        let added = if row.added < 0 { number(row.added) } else { ["+", &number(row.added)].concat() };
        let after = match row.maximum {
            Some(maximum) => tell(W::ReviewOfMaximum, &[number(row.after), number(maximum)]),
            None => number(row.after),
        };
        let over = row.is_over().then(|| h("span").class("over").text(t(W::ReviewOver)));
        h("tr")
            .kid(h("th").at("scope", "row").text(row.name.as_str()))
            .kid(h("td").text(&number(row.before)))
            .kid(h("td").class("added").text(&added))
            .kid(h("td").text(&after).kids(over))
    });
    h("div")
        .class("usage")
        .kid(h("h2").text(t(W::ReviewUsage)))
        .kid(h("table").kid(h("thead").kid(head)).kid(h("tbody").kids(body)))
}
