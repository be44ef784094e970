import CaissonBuildModel
import CaissonText

/// The head of the file: what it covers, what matters most, and the totals.
enum HTMLHead {
    static func write(_ page: ReportPage, _ html: inout HTMLText) {
        let texts = [page.period, "made \(Figure.minute(page.made)) UTC"].compactMap(\.self) + page.filters.prefix(20)
        html.element("header") { html in
            html.element("h1") { $0.text(page.title, limit: SafeWords.name) }
            html.element("p", ["class": "meta"]) { html in
                for text in texts { meta(text, &html) }
            }
        }
        highlights(page, &html)
        if let totals = page.totals { write(totals, &html) }
        if page.totals == nil, page.build == nil, page.points.isEmpty {
            html.element("p", ["class": "empty"], "There are no builds to report on.")
        }
    }

    private static func meta(_ text: String, _ html: inout HTMLText) {
        html.element("span") { $0.text(text, limit: SafeWords.name) }
    }

    private static func highlights(_ page: ReportPage, _ html: inout HTMLText) {
        let sentences = Highlights.sentences(page)
        guard !sentences.isEmpty else { return }
        html.element("ul", ["class": "highlights", "aria-label": "What matters most"]) { html in
            for sentence in sentences {
                let name = sentence.isGood.map { $0 ? "good" : "ill" } ?? "note"
                let sign = sentence.isGood.map { $0 ? "✓" : "!" } ?? "→"
                html.element("li", ["class": name]) { html in
                    html.element("span", ["class": "sign", "aria-hidden": "true"], sign)
                    html.text(sentence.text)
                }
            }
        }
    }

    private static func write(_ totals: ReportTotals, _ html: inout HTMLText) {
        html.element("section", ["aria-label": "Totals"]) { html in
            html.element("dl", ["class": "totals"]) { html in
                let counts = BuildStatus.allCases.map { ($0, max(0, totals.counts[$0] ?? 0)) }.filter { $0.1 > 0 }
                card("Builds", Figure.count(counts.map(\.1).clampedSum), &html) { statuses(counts, &$0) }
                card("Median time", Figure.span(totals.median), &html) { html in
                    html.element("span", ["class": "sub"], "95 of 100 within \(Figure.span(totals.p95))")
                }
                card("From the cache", Figure.percent(totals.hitRate), &html) { html in
                    meter(totals.hitRate, target: totals.targetRate, &html)
                    html.element("span", ["class": "sub"], "target \(Figure.percent(totals.targetRate))")
                }
                card("Time saved", Figure.span(totals.timeSaved), &html) { html in
                    html.element("span", ["class": "sub"], "by the cache")
                }
            }
        }
    }

    private static func card(
        _ name: String,
        _ value: String,
        _ html: inout HTMLText,
        _ more: (inout HTMLText) -> Void
    ) {
        html.element("div", ["class": "card"]) { html in
            html.element("dt", name)
            html.element("dd") { html in
                html.element("span", ["class": "value"], value)
                more(&html)
            }
        }
    }

    /// The builds of each status as a bar of parts, and in words.
    private static func statuses(_ counts: [(BuildStatus, Int)], _ html: inout HTMLText) {
        let total = max(1, counts.reduce(0.0) { $0 + Double($1.1) })
        html.element("svg", ["class": "strip", "height": "8", "width": "100%", "aria-hidden": "true"]) { html in
            var start = 0.0
            for (status, count) in counts {
                let share = Double(count) / total
                let (x, width) = (HTMLMarks.percent(start), HTMLMarks.percent(share))
                let name = HTMLMarks.mark(status).name
                html.element("rect", ["class": name, "x": x, "width": width, "height": "8"], "")
                start += share
            }
        }
        html.element("span", ["class": "sub"]) { html in
            html.text(counts.map { "\(Figure.count($0.1)) \($0.0.word)" }.joined(separator: ", "))
        }
    }

    /// A bar for a share, with a mark at the target.
    static func meter(_ share: Double?, target: Double?, _ html: inout HTMLText) {
        guard let share = Figure.share(share) else { return }
        html.element("svg", ["class": "strip", "height": "8", "width": "100%", "aria-hidden": "true"]) { html in
            html.element("rect", ["class": "rest", "width": "100%", "height": "8"], "")
            html.element("rect", ["class": "part", "width": HTMLMarks.percent(share), "height": "8"], "")
            guard let target = Figure.share(target) else { return }
            let place = HTMLMarks.percent(target)
            html.element("line", ["class": "goal", "x1": place, "x2": place, "y1": "-3", "y2": "11"], "")
        }
    }
}
