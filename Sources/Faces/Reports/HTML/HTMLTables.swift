import CaissonBuildModel

/// What became slower, the slowest steps and the bottlenecks, as tables.
enum HTMLTables {
    static func write(_ page: ReportPage, _ html: inout HTMLText) {
        section("regressions", "What became slower", page.regressions.isEmpty, &html) { html in
            regressions(page.regressions).write(&html)
        }
        section("slowest", "Slowest steps", page.slowest.isEmpty, &html) { slowest(page.slowest).write(&$0) }
        section("bottlenecks", "Bottlenecks", page.bottlenecks.isEmpty, &html) { html in
            bottlenecks(page.bottlenecks).write(&html)
        }
    }

    private static func section(
        _ id: String,
        _ head: String,
        _ isEmpty: Bool,
        _ html: inout HTMLText,
        _ body: (inout HTMLText) -> Void
    ) {
        guard !isEmpty else { return }
        html.element("section", ["aria-labelledby": id]) { html in
            html.element("h2", ["id": id], head)
            body(&html)
        }
    }

    private static func regressions(_ regressions: [ReportRegression]) -> HTMLTable {
        let rows = regressions.map { item in
            let change = Figure.change(item.before, item.after).map { " (\($0))" } ?? ""
            let time = "\(Figure.span(item.before)) → \(Figure.span(item.after))\(change)"
            let since = [
                item.since.map { Figure.minute($0) }, item.commit.map { "commit \(SafeWords.text($0, 40))" },
                item.build.map { "build \(SafeWords.text($0, 40))" },
            ]
            return [
                HTMLTable.Cell(item.what), HTMLTable.Cell(item.step ?? "–", item.step == nil ? .words : .code),
                HTMLTable.Cell(since.compactMap(\.self).joined(separator: ", ")), HTMLTable.Cell(time, .number),
                HTMLTable.Cell(Figure.percent(item.confidence), .number),
                HTMLTable.Cell(item.isOn ? "! still on" : "✓ mended", item.isOn ? .ill : .good),
            ]
        }
        let heads: [(String, HTMLTable.Look)] = [
            ("What", .words), ("Step", .words), ("Since", .words), ("Before → after", .number), ("How sure", .number),
            ("State", .words),
        ]
        return HTMLTable(label: "What became slower", heads: heads, rows: rows)
    }

    private static func slowest(_ steps: [ReportSlowStep]) -> HTMLTable {
        let rows = steps.map { step in
            [
                HTMLTable.Cell(step.step, .code), HTMLTable.Cell(step.place ?? "–"),
                HTMLTable.Cell(Figure.count(max(0, step.runs)), .number),
                HTMLTable.Cell(Figure.span(step.median), .number), HTMLTable.Cell(Figure.span(step.p95), .number),
                HTMLTable.Cell(Figure.span(step.total), .number), HTMLTable.Cell(Figure.percent(step.hitRate), .number),
            ]
        }
        let heads: [(String, HTMLTable.Look)] = [
            ("Step", .words), ("Stage", .words), ("Runs", .number), ("Median", .number), ("95 of 100", .number),
            ("In all", .number), ("Cached", .number),
        ]
        return HTMLTable(label: "Slowest steps", heads: heads, rows: rows)
    }

    private static func bottlenecks(_ items: [ReportBottleneck]) -> HTMLTable {
        let rows = items.map { item in
            [
                HTMLTable.Cell(item.what), HTMLTable.Cell(item.detail),
                HTMLTable.Cell(Figure.percent(item.share), .number),
            ]
        }
        let heads: [(String, HTMLTable.Look)] = [("What", .words), ("How", .words), ("Of the time", .number)]
        return HTMLTable(label: "Bottlenecks", heads: heads, rows: rows)
    }
}
