/// What a front end is asked about a Dockerfile instead of building it: `--call`.
public enum BuildQuestion: String, Sendable, Hashable, CaseIterable {
    /// What the checks of the front end find.
    case check
    /// Which arguments, secrets and the like the build takes.
    case outline
    /// Which targets there are.
    case targets
    /// Which questions the front end knows.
    case describe = "subrequests.describe"

    /// The request by the front end's name.
    package var request: String { self == .check ? "frontend.lint" : "frontend.\(rawValue)" }
}

/// What a front end answered.
public struct BuildAnswer: Sendable, Hashable {
    /// The answer for people; empty where the front end gives none.
    public var text: String
    /// The answer as JSON; empty where the front end gives none.
    public var json: [UInt8]
    /// Whether the front end finds nothing wrong.
    public var isGood: Bool

    /// Makes an answer.
    public init(text: String, json: [UInt8], isGood: Bool) {
        self.text = text
        self.json = json
        self.isGood = isGood
    }
}
