import CaissonBuildContext
import CaissonBuildModel
import CaissonDockerfile
import CaissonText

extension Remedy {
    /// A name that is nearly a stage's was looked for as an image, or as the build's target.
    static func missingStage(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        if failure.says("target stage"), let target = request.target {
            guard !failure.says("did you mean"), let near = nearest(to: target, among: stages(of: request)) else {
                return nil
            }
            return Remedy(advice: "did you mean \(near)?")
        }
        guard let name = imageName(ofStep: failure.step),
            let near = nearest(to: name, among: stages(of: request)), near.lowercased() != name
        else { return nil }
        return Remedy(
            cause: FieldMessage(
                "no stage is called \(name.quoted), and no image of that name can be had: \(withoutGuess(failure.message))"
            ),
            advice: FieldMessage("did you mean the stage \(near.quoted)?")
        )
    }

    /// The one word that was written in FROM, of a step that looks an image up: `[internal] load metadata for
    /// docker.io/library/bulder:latest`, or `[a] FROM docker.io/library/bulder`; nil for what can be no stage's name.
    private static func imageName(ofStep step: String) -> String? {
        let start = step.ranges(of: "] ").last?.upperBound ?? step.startIndex
        let words = String(step[start...]).pieces(at: " ")
        let isLookup = words.dropLast() == ["load", "metadata", "for"] || words.dropLast() == ["FROM"]
        guard isLookup, let image = words.last.flatMap({ try? ImageReference(parsing: $0) }),
            image.domain == "docker.io", image.digest == nil, image.tag == nil || image.tag == "latest"
        else { return nil }
        let parts = image.path.split(separator: "/")
        return parts.count == 2 && parts[0] == "library" ? String(parts[1]) : nil
    }

    private static func stages(of request: BuildRequest) -> [String] {
        guard let text = ResolvedDockerfile(request)?.excerptSource?.data else { return [] }
        return Dockerfile(parsing: text).stages.compactMap { $0.name?.text }
    }

    /// The message without what BuildKit guesses itself.
    private static func withoutGuess(_ message: String) -> String {
        guard let guess = message.ranges(of: " (did you mean").last else { return message }
        return String(message[..<guess.lowerBound])
    }
}
