import CaissonBuildContext
import CaissonBuildModel
import CaissonJSON
import CaissonText

extension Remedy {
    /// A step misses a file of the context: it is ignored, misspelt, or behind a link that leads out.
    ///
    /// Engines name what they didn't find in words of their own, often the place that a link leads to. So it is the step's
    /// sources that are looked at.
    static func missingSource(_ failure: FailureText, _ request: BuildRequest) -> Remedy? {
        guard failure.says("not found", "no such file or directory", "file does not exist") else { return nil }
        guard case .directory(let root) = request.context,
            let selection = try? ContextSelection(directory: root, dockerfile: request.dockerfile)
        else { return nil }
        for source in contextSources(ofStep: failure.step) {
            guard let reason = selection.reasonMissing(Array(source.utf8)) else { continue }
            return Remedy(cause: absence(failure.message), advice: FieldMessage(reason))
        }
        return nil
    }

    /// `"/x": not found` without the reference of the engine's cache that stands before it; nil where there is none.
    static func absence(_ message: String) -> FieldMessage? {
        let end = ": not found"
        guard message.contains("failed to calculate checksum of ref "), message.hasSuffix(end) else { return nil }
        guard let start = message.ranges(of: ": \"").first?.upperBound else { return nil }
        let path = "\"" + message[start...].dropLast(end.count)
        guard path.hasSuffix("\""), path.count > 2 else { return nil }
        let name = path.dropFirst().dropLast().drop { $0 == "/" }
        guard !name.isEmpty else { return nil }
        return FieldMessage("\(String(name).quoted) isn't in the build context")
    }

    /// The paths in the context that a step named `[1/2] COPY a b /c` copies; none for other steps, for what comes from a
    /// stage, an image or a named context, and for patterns.
    static func contextSources(ofStep name: String) -> [String] {
        let instruction = name.hasPrefix("[") ? name.cut(at: "]")?.tail.trimmed ?? "" : name
        var words = instruction.split(separator: " ").map(String.init)
        guard let verb = words.first?.uppercased(), verb == "COPY" || verb == "ADD" else { return [] }
        words.removeFirst()
        guard !words.contains(where: { $0.hasPrefix("--from=") }) else { return [] }
        words.removeAll { $0.hasPrefix("--") }
        if words.first?.hasPrefix("[") == true {
            let list = try? JSON(parsing: Array(words.joined(separator: " ").utf8))
            words = list?.array?.compactMap(\.string) ?? []
        }
        return words.dropLast().filter { source in
            !source.isEmpty && !source.hasPrefix("<<") && !source.contains("://")
                && !source.contains { "*?[\\".contains($0) }
        }
    }
}
