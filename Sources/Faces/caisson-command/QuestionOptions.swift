import CaissonText
import ArgumentParser
import CaissonBuildModel
import CaissonEngines
import CaissonJSON

/// Whether the front end is asked about the Dockerfile instead of building it.
struct QuestionOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Ask instead of building: check, outline, targets or subrequests.describe[,format=json].",
            valueName: "question"
        )
    )
    var call: String?

    @Flag(help: "Check the Dockerfile instead of building it: --call check.")
    var check = false

    /// The question; nil to build.
    func question() throws(BuildError) -> FrontendQuestion? {
        let text = call ?? (check ? "check" : "build")
        guard !check || call == nil || call == "check" else {
            throw BuildError(.usage, "--check and --call \(text) ask for different things; leave one out")
        }
        var name = ""
        var isJSON = false
        for field in text.pieces(at: ",") {
            switch field.cut(at: "=") {
            case ("format", "json")?: isJSON = true
            case ("format", "text")?: isJSON = false
            case (_, _)?:
                throw BuildError(.usage, "--call \(text.quoted): \(field.quoted) isn't format=json or format=text")
            case nil: name = field == "lint" ? "check" : field
            }
        }
        guard name != "build", !name.isEmpty else { return nil }
        guard let question = BuildQuestion(rawValue: name) else {
            let names = BuildQuestion.allCases.map(\.rawValue) + ["build"]
            let hint = nearest(to: name, among: names).map { "did you mean \($0)?" } ?? names.joined(separator: ", ")
            throw BuildError(.usage, "--call \(name.quoted) is no question (\(hint))")
        }
        return FrontendQuestion(question: question, isJSON: isJSON)
    }
}

/// A question, and whether its answer is printed as JSON.
struct FrontendQuestion: Equatable {
    var question: BuildQuestion
    var isJSON: Bool
}

extension FrontendQuestion {
    /// What is printed of an answer.
    func text(_ answer: BuildAnswer) -> String {
        if isJSON { return String(decoding: answer.json, as: UTF8.self) + "\n" }
        // A build that takes nothing has an outline without a word.
        let text = answer.text.isEmpty || answer.text.hasSuffix("\n") ? answer.text : answer.text + "\n"
        guard question == .check else { return text }
        let found = CheckAnswer(answer)
        return (found.summary.map { $0 + "\n" } ?? "") + (found.warnings > 0 ? text : "")
    }
}

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
