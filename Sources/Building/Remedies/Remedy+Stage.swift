import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile
import CaissonText

extension Remedy {
    /// The stage that is to be built isn't in the Dockerfile.
    static func missingTarget(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard failure.says("target stage", "was not found in the provided dockerfile"), let target = request.target,
            let file = dockerfile(of: request)
        else { return nil }
        let names = file.stages.compactMap { $0.name?.text }
        let advice: String
        if let near = nearest(to: target, among: names) {
            advice = "did you mean \(near)?"
        } else if names.isEmpty {
            advice = "its stages have no names; give one with FROM … AS \(target)"
        } else {
            advice = "it has \(enumeration(names))"
        }
        return Remedy(
            cause: "the Dockerfile has no stage \(target.quoted), which \(field: .target) names",
            advice: FieldMessage(advice),
            code: .usage
        )
    }

    /// A name that is nearly a stage's or a named context's was looked for as an image.
    static func missingStage(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard let name = wordForImage(ofStep: failure.step), let file = dockerfile(of: request) else { return nil }
        let stages = file.stages.compactMap { $0.name?.text }
        let why = lastReason(failure.message).map { " (\($0))" } ?? ""
        let cause = FieldMessage("no stage is called \(name.quoted), and no image of that name can be had\(why)")
        if let near = nearest(to: name, among: stages + request.contexts.keys.sorted()), near.lowercased() != name {
            let kind = stages.contains(near) ? "stage" : "context"
            return Remedy(cause: cause, advice: FieldMessage("did you mean the \(kind) \(near.quoted)?"))
        }
        guard why.isEmpty else { return nil }
        let advice = stages.isEmpty ? "check the name" : "check the name; the stages are \(enumeration(stages))"
        return Remedy(cause: cause, advice: FieldMessage(advice))
    }

    /// The one word that was written in FROM or `--from=`, of a step that looks an image up; nil for what can be no
    /// stage's name.
    private static func wordForImage(ofStep name: String) -> String? {
        let step = StepName(name)
        let looked = step.lookedUp ?? step.copiedFrom.flatMap { try? ImageReference(parsing: $0) }
        guard let image = looked, image.domain == "docker.io", image.digest == nil,
            image.tag == nil || image.tag == "latest"
        else { return nil }
        let parts = image.path.split(separator: "/")
        return parts.count == 2 && parts[0] == "library" ? String(parts[1]) : nil
    }

    /// The Dockerfile of a build, where it is here.
    static func dockerfile(of request: BuildRequest) -> Dockerfile? {
        ResolvedDockerfile(request)?.excerptSource.map { Dockerfile(parsing: $0.data) }
    }

    /// What an engine says last, behind all that it was about to do; nil where that says nothing new.
    private static func lastReason(_ message: String) -> String? {
        let said = withoutGuess(message)
        let last = said.ranges(of: ": ").last.map { String(said[$0.upperBound...]) } ?? said
        return last.isEmpty || last.contains("no stage or image found") ? nil : last
    }

    /// The message without what BuildKit guesses itself.
    private static func withoutGuess(_ message: String) -> String {
        guard let guess = message.ranges(of: " (did you mean").last else { return message }
        return String(message[..<guess.lowerBound])
    }

    /// Names as a sentence has them, five at most.
    static func enumeration(_ names: [String]) -> String {
        let most = 5
        guard names.count > 1 else { return names.first ?? "" }
        guard names.count <= most else {
            return "\(names.prefix(most).joined(separator: ", ")) and \(names.count - most) more"
        }
        return "\(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])"
    }
}
