import CaissonText
import ArgumentParser
import CaissonBuildModel
import CaissonEngines

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
