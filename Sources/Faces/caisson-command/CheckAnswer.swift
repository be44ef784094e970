import CaissonBuildModel
import CaissonJSON
import CaissonText

/// What the checks of a front end found: its answer to `--check` in pieces.
struct CheckAnswer {
    /// The number of warnings.
    let warnings: Int
    /// Why it would refuse to build, and where.
    let failure: BuildError?

    init(_ answer: BuildAnswer) {
        let value = try? JSON(parsing: answer.json)
        warnings = value?["warnings"]?.array?.count ?? 0
        failure = value?["buildError"].flatMap { Self.failure($0, sources: value?["sources"]?.array ?? []) }
    }

    /// The sentence that buildx prints; nil where a failure says all.
    var summary: String? {
        switch warnings {
        case 0: failure == nil ? "Check complete, no warnings found." : nil
        case 1: "Check complete, 1 warning has been found!"
        default: "Check complete, \(warnings) warnings have been found!"
        }
    }

    private static func failure(_ value: JSON, sources: [JSON]) -> BuildError? {
        guard let message = value["message"]?.string else { return nil }
        let location = value["location"]
        let number = location?["sourceIndex"]?.integer ?? 0
        let ranges = (location?["ranges"]?.array ?? []).prefix(100).map(range)
        guard !ranges.isEmpty, let index = Int(exactly: number), sources.indices.contains(index) else {
            return BuildError(.step, message)
        }
        let source = SourceInfo(
            filename: sources[index]["filename"]?.string ?? "Dockerfile",
            data: sources[index]["data"]?.string.flatMap { Base64.decode($0) } ?? []
        )
        return BuildError(.step, message, excerpts: [SourceExcerpt(source: source, ranges: ranges)])
    }

    private static func range(_ value: JSON) -> SourceRange {
        func line(_ end: String) -> Int { value[end]?["line"]?.integer.flatMap { Int(exactly: $0) } ?? 0 }
        return SourceRange(startLine: line("start"), endLine: line("end"))
    }
}
