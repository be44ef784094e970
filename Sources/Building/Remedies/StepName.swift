import CaissonBuildModel
import CaissonJSON
import CaissonText

/// What the name of a step says: engines name a step after its instruction, or after the image or address that it gets.
struct StepName {
    /// The instruction's keyword in capitals, or the first word of another step.
    let verb: String
    /// The flags of the instruction, such as `--from=build`.
    let flags: [String]
    /// What follows, between blanks or from a JSON list.
    let arguments: [String]
    /// Whether the step pulls an image's description: BuildKit's `[internal] load metadata for x`.
    private let isMetadata: Bool

    /// Reads a name such as `[build 1/2] COPY --from=x a /`, `[internal] load metadata for x` or `https://h.example/x`.
    init(_ name: String) {
        let start = name.hasPrefix("[") ? name.ranges(of: "] ").first?.upperBound : name.startIndex
        let text = String(name[(start ?? name.endIndex)...])
        var words = text.split(separator: " ").map(String.init)
        isMetadata = text.hasPrefix("load metadata for ")
        verb = words.isEmpty ? "" : words.removeFirst().uppercased()
        flags = Array(words.prefix { $0.hasPrefix("--") })
        words.removeFirst(flags.count)
        if words.first?.hasPrefix("[") == true {
            let list = try? JSON(parsing: Array(words.joined(separator: " ").utf8))
            words = list?.array?.compactMap(\.string) ?? words
        }
        arguments = words
    }

    /// Whether it copies files.
    var isCopy: Bool { verb == "COPY" || verb == "ADD" }

    /// A flag's value; nil where it isn't given.
    func flag(_ name: String) -> String? {
        flags.last { $0.hasPrefix("--\(name)=") }.map { String($0.dropFirst(name.count + 3)) }
    }

    /// The image that the step looks up, as its name has it; nil for other steps.
    var lookedUp: ImageReference? {
        let word: String? =
            switch verb {
            case _ where isMetadata: arguments.last
            case "FROM": arguments.first
            default: nil
            }
        return word.flatMap { try? ImageReference(parsing: $0) }
    }

    /// The image or stage that podman takes a step's files from, and looks up as it comes to it.
    var copiedFrom: String? { isCopy ? flag("from") : nil }
}
