import CaissonBuildModel
package import CaissonJSON

extension BuildForecast {
    /// Writes the forecast as an object; times are whole milliseconds, and what isn't known is left out.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let problem { writer.member("problem", problem) }
            writer.list("steps", steps) { writer, step in step.write(to: &writer) }
            writer.object("totals") { writer in
                writer.member("cached", count(of: .cached))
                writer.member("runs", count(of: .runs))
                writer.member("unknown", count(of: .unknown))
                writer.member("expectedMilliseconds", expected.wholeMilliseconds)
                writer.member("atMostMilliseconds", atMost.wholeMilliseconds)
                writer.member("untimed", untimed)
            }
        }
    }
}

extension BuildForecast.Step {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("stage", stage)
            if !stageName.isEmpty { writer.member("stageName", stageName) }
            writer.member("place", place)
            writer.member("line", line)
            writer.member("outcome", outcome.rawValue)
            if outcome != .unknown { writer.member("certainty", certainty.rawValue) }
            writer.member("cause", cause.code)
            writer.member("reason", cause.words)
            if let build { writer.member("build", build.description) }
            if let expected { writer.member("expectedMilliseconds", expected.wholeMilliseconds) }
        }
    }
}

extension ForecastCause {
    /// A word for programs, which stays the same whatever the words for people are.
    package var code: String {
        switch self {
        case .sameKey: "same-key"
        case .withoutCache: "without-cache"
        case .base: "base"
        case .files: "files"
        case .instruction: "instruction"
        case .variables: "variables"
        case .below: "below"
        case .unfinished: "unfinished"
        case .removed: "removed"
        case .emptyCache: "empty-cache"
        case .doubt: "doubt"
        }
    }
}

extension Duration {
    /// The span in whole milliseconds, clamped.
    fileprivate var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, isOver) = seconds.multipliedReportingOverflow(by: 1000)
        return isOver ? Int.max : Int(clamping: product &+ attoseconds / 1_000_000_000_000_000)
    }
}
