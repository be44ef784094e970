import CaissonText

extension NetworkMode {
    /// Reads `default`, `none` or `host`.
    public init(parsing text: String) throws(ParseError) {
        guard let mode = NetworkMode(rawValue: text) else {
            throw ParseError(
                "network mode",
                text,
                "BuildKit has no such network for RUN steps",
                expected: "default, none or host"
            )
        }
        self = mode
    }
}

extension NetworkMode: CustomStringConvertible {
    /// The mode as the flag spells it.
    public var description: String { rawValue }
}

extension NoCache {
    /// Reads a comma list of stage names or numbers.
    public init(parsing text: String) throws(ParseError) {
        var stages: [String] = []
        for piece in text.pieces(at: ",").map(\.trimmed) {
            guard !piece.isEmpty, !piece.hasBlankOrControl else {
                throw ParseError(
                    "stage list",
                    text,
                    "a stage's name is empty or has blanks",
                    expected: "STAGE[,STAGE…]"
                )
            }
            if !stages.contains(piece) { stages.append(piece) }
        }
        self = .stages(stages)
    }
}

extension NoCache: CustomStringConvertible {
    /// The stages with commas between; empty for `off`, `*` for all.
    public var description: String {
        switch self {
        case .off: ""
        case .all: "*"
        case .stages(let names): names.joined(separator: ",")
        }
    }
}
