/// A table that scrolls within itself, and turns into cards on narrow screens.
struct HTMLTable {
    /// How a cell looks.
    enum Look: String {
        case words, code, number, good, ill
    }

    /// A cell.
    struct Cell {
        var text: String
        var look = Look.words

        init(_ text: String, _ look: Look = .words) {
            self.text = text
            self.look = look
        }
    }

    /// The most rows that are shown.
    static let limit = 50

    /// What it is, for those who don't see it.
    var label: String
    /// The heads of its columns, with the look of their cells.
    var heads: [(String, Look)]
    /// Its rows, each with as many cells as there are columns.
    var rows: [[Cell]]

    /// Writes the table, and how many rows aren't in it.
    func write(_ html: inout HTMLText) {
        html.element("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label]) { html in
            html.element("table") { html in
                html.element("thead") { html in
                    html.element("tr") { html in
                        for (head, look) in heads {
                            html.element("th", ["scope": "col", "class": look.rawValue], head)
                        }
                    }
                }
                html.element("tbody") { html in
                    for row in rows.prefix(Self.limit) { write(row, &html) }
                }
            }
        }
        let hidden = rows.count - Self.limit
        if hidden > 0 { html.element("p", ["class": "hint"], "\(Figure.count(hidden)) more not shown.") }
    }

    private func write(_ row: [Cell], _ html: inout HTMLText) {
        html.element("tr") { html in
            for (head, cell) in zip(heads, row) {
                html.element("td", ["class": cell.look.rawValue, "data-label": head.0]) { html in
                    if cell.look == .code {
                        html.element("code") { $0.text(cell.text, limit: SafeWords.name) }
                    } else {
                        html.element("span") { $0.text(cell.text, limit: SafeWords.name) }
                    }
                }
            }
        }
    }
}
