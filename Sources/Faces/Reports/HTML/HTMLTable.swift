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
                writeHeads(&html)
                html.element("tbody") { writeRows(&$0) }
            }
        }
        let hidden = rows.count - Self.limit
        if hidden > 0 { html.element("p", ["class": "hint"], "\(Figure.count(hidden)) more not shown.") }
    }

    private func writeHeads(_ html: inout HTMLText) {
        html.element("thead") { html in
            html.element("tr") { html in
                for (head, look) in heads { html.element("th", ["scope": "col", "class": look.rawValue], head) }
            }
        }
    }

    private func writeRows(_ html: inout HTMLText) {
        for row in rows.prefix(Self.limit) {
            html.element("tr") { html in
                for (head, cell) in zip(heads, row) { write(cell, head: head.0, &html) }
            }
        }
    }

    private func write(_ cell: Cell, head: String, _ html: inout HTMLText) {
        let name: StaticString = cell.look == .code ? "code" : "span"
        html.element("td", ["class": cell.look.rawValue, "data-label": head]) { html in
            html.element(name) { $0.text(cell.text, limit: SafeWords.name) }
        }
    }
}
