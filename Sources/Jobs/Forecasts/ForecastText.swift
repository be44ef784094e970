import CaissonBuildModel
import CaissonText

/// A forecast in lines for terminals.
package struct ForecastText: Sendable {
    private let forecast: BuildForecast
    private let width: Int

    /// Takes a forecast.
    ///
    /// - Parameter width: How many characters a line may have; 40 at least.
    package init(_ forecast: BuildForecast, width: Int = 100) {
        self.forecast = forecast
        self.width = min(max(width, 40), 1000)
    }

    /// The lines without ends: one for each step, and the totals; control characters are replaced.
    package var lines: [String] {
        if let problem = forecast.problem { return [fitted("No forecast: \(problem)")] }
        var lines = forecast.steps.flatMap { step in
            let time = step.outcome == .cached ? "" : step.expected.map(Self.span) ?? "?"
            let head = Self.padded(step.outcome.rawValue, 7) + "  " + Self.padded(time, 8) + "  "
            let why = String(repeating: " ", count: 19) + sentence(of: step)
            // That nothing changed needn't be said again and again.
            return [fitted(head + step.name)] + (step.outcome == .cached ? [] : [fitted(why)])
        }
        lines.append(fitted(total))
        return lines
    }

    private func sentence(of step: BuildForecast.Step) -> String {
        let start = step.outcome == .runs && step.certainty == .likely ? "likely: " : ""
        let build = step.build.map { ", compared with build \($0.description.prefix(12))" } ?? ""
        return start + step.cause.words + build
    }

    private var total: String {
        let (cached, runs) = (forecast.count(of: .cached), forecast.count(of: .runs))
        var text = "\(cached) cached, \(runs) to run, \(forecast.count(of: .unknown)) unknown"
        text += "; about \(Self.span(forecast.expected))"
        if forecast.atMost > forecast.expected { text += ", at most some \(Self.span(forecast.atMost))" }
        if forecast.untimed > 0 { text += "; \(forecast.untimed) without a known time" }
        return text
    }

    /// A time in short, such as `1m5s`; below ten seconds with a tenth.
    private static func span(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        let tenths = seconds < 10 ? attoseconds / 100_000_000_000_000_000 : 0
        return Timespan(.seconds(seconds) + .milliseconds(tenths * 100)).description
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// A line without control characters and no longer than the width.
    private func fitted(_ line: String) -> String {
        var text = ""
        for (number, scalar) in line.unicodeScalars.enumerated() {
            guard number < width - 1 else { return text + "…" }
            text.unicodeScalars.append(Self.isHarmless(scalar) ? scalar : "\u{FFFD}")
        }
        return text
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
