import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile
import CaissonText

extension Remedy {
    /// A step misses a file of the context: it is ignored, misspelt, elsewhere, or behind a link that leads out.
    ///
    /// Engines name what they didn't find in words of their own, often the place that a link leads to, or one in their own
    /// files. So it is the step's sources that are looked at.
    static func missingSource(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard isAboutFile(failure), case .directory(let root) = request.context,
            let selection = try? ContextSelection(directory: root, dockerfile: request.dockerfile)
        else { return nil }
        for source in contextSources(ofStep: failure.step) {
            if leadsOut(source), !selection.has(Array(source.utf8)) {
                return Remedy(
                    cause: FieldMessage("\(source.quoted) lies outside of the build context"),
                    advice: """
                        build in a directory that holds both, or give its directory with \(field: .contexts) NAME=PATH and take it \
                        from there with --from=NAME
                        """
                )
            }
            guard let reason = selection.reasonMissing(Array(source.utf8)) else { continue }
            return Remedy(
                cause: FieldMessage("\(source.quoted) isn't in the build context"),
                advice: FieldMessage(reason)
            )
        }
        return nil
    }

    private static func isAboutFile(_ failure: FailureText) -> Bool {
        failure.says("not found", "no such file or directory", "file does not exist")
    }

    /// Whether a path goes up further than it went down.
    private static func leadsOut(_ path: String) -> Bool {
        var depth = 0
        for name in path.split(separator: "/") where name != "." {
            depth += name == ".." ? -1 : 1
            if depth < 0 { return true }
        }
        return false
    }

    /// A step misses a file of another stage, of an image or of a named context.
    static func missingInStage(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        let step = StepName(failure.step)
        guard isAboutFile(failure), let from = step.copiedFrom, step.arguments.count > 1 else { return nil }
        // Engines say the path from the root.
        let sources = step.arguments.dropLast()
        let named = sources.first { failure.message.contains("/\($0.drop { $0 == "/" })\"") }
        guard let source = named ?? (sources.count == 1 ? sources.first : nil) else { return nil }
        let stages = dockerfile(of: request)?.stages ?? []
        let isStage = Stage.find(from, among: stages) != nil || Int(from).map(stages.indices.contains) == true
        guard isStage else { return Remedy(cause: FieldMessage("\(from.quoted) has no \(source)")) }
        let hint = source.hasPrefix("/") ? "" : "; such a path begins at /, whatever WORKDIR says"
        return Remedy(
            cause: FieldMessage("the stage \(from.quoted) has no \(source)"),
            advice: FieldMessage("look at where its steps put it\(hint)")
        )
    }

    /// A server doesn't give what a step adds.
    static func missingAddress(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard let start = failure.message.ranges(of: "invalid response status ").last?.upperBound else { return nil }
        let status = failure.message[start...].prefix { $0.isNumber }
        let step = StepName(failure.step)
        // BuildKit before 0.9 calls the step by the address alone.
        let addresses = ([failure.step] + step.arguments).filter { $0.hasPrefix("http://") || $0.hasPrefix("https://") }
        guard let address = addresses.first(where: { failure.message.contains($0) }) ?? addresses.first else {
            return nil
        }
        let isGone = status == "404" || status == "410"
        return Remedy(
            cause: FieldMessage(
                isGone
                    ? "\(address) isn't there: its server answers \(status)"
                    : "\(address) can't be had: its server answers \(status)"
            ),
            advice: isGone ? "check the address" : "check the address, and whether everybody may have it"
        )
    }

    /// The paths in the context that a step named `[1/2] COPY a b /c` copies; none for other steps, for what comes from a
    /// stage, an image or a named context, and for patterns.
    static func contextSources(ofStep name: String) -> [String] {
        let step = StepName(name)
        guard step.isCopy, step.copiedFrom == nil else { return [] }
        return step.arguments.dropLast().filter { source in
            !source.isEmpty && !source.hasPrefix("<<") && !source.contains("://")
                && !source.contains { "*?[\\".contains($0) }
        }
    }
}
