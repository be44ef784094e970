import CaissonText

/// A statement about a build that is kept beside its image: one `--attest`, `--provenance` or `--sbom`.
public struct Attestation: Sendable, Hashable {
    /// What is stated.
    public var kind: Kind
    /// Parameters by BuildKit's names, such as `mode`, `generator`.
    public var parameters: [String: String]
    /// Whether it is not wanted: `--provenance=false`.
    public var isDisabled: Bool

    /// The kinds of statements that BuildKit makes.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// How the image was built.
        case provenance
        /// What is in the image.
        case sbom
    }

    /// Makes an attestation.
    public init(kind: Kind, parameters: [String: String] = [:], isDisabled: Bool = false) {
        self.kind = kind
        self.parameters = parameters
        self.isDisabled = isDisabled
    }

    /// Reads `type=provenance|sbom[,KEY=VALUE…]`.
    public init(parsing text: String) throws(ParseError) {
        try self.init(text, kind: nil)
    }

    /// Reads the value of `--provenance` or `--sbom`: `true`, `false`, or parameters.
    public init(parsing text: String, kind: Kind) throws(ParseError) {
        try self.init(text, kind: kind)
    }

    private init(_ text: String, kind known: Kind?) throws(ParseError) {
        var fields: [String: String] = [:]
        if known != nil, let isWanted = BooleanAttribute.parse(text) {
            fields["disabled"] = isWanted ? "false" : "true"
        } else {
            guard let record = CommaFields.parse(text) else { throw Self.wrong(text, "its quotes don't match") }
            for field in record {
                guard let (key, value) = field.cut(at: "=") else {
                    throw Self.wrong(text, "\(field.quoted) has no '='")
                }
                guard fields.updateValue(value, forKey: key.trimmed.lowercased()) == nil else {
                    throw Self.wrong(text, "\(key.quoted) is given twice")
                }
            }
        }
        let type = fields.removeValue(forKey: "type") ?? known?.rawValue ?? ""
        let names = Kind.allCases.map(\.rawValue)
        guard let kind = Kind(rawValue: type), known == nil || known == kind else {
            let hint = nearest(to: type, among: names) ?? names.joined(separator: " or ")
            throw Self.wrong(text, "unknown type \(type.quoted) (did you mean \(hint)?)")
        }
        let disabled = fields.removeValue(forKey: "disabled") ?? "false"
        guard let isDisabled = BooleanAttribute.parse(disabled) else {
            throw Self.wrong(text, "disabled must be true or false")
        }
        self.init(kind: kind, parameters: fields, isDisabled: isDisabled)
        if let problem { throw Self.wrong(text, problem) }
    }

    private static let provenanceKeys = [
        "mode", "builder-id", "filename", "reproducible", "inline-only", "version", "capture-usage",
    ]

    /// The parameters of provenance that are on or off.
    static let booleans = ["reproducible", "inline-only", "capture-usage"]

    /// What is wrong with the parameters; those of a generator are its own, and anything.
    private var problem: String? {
        for (key, value) in parameters.sorted(by: { $0.key < $1.key }) where kind == .provenance {
            guard Self.provenanceKeys.contains(key) else {
                let hint = nearest(to: key, among: Self.provenanceKeys).map { "did you mean \($0)?" }
                return
                    "provenance has no parameter \(key.quoted) (\(hint ?? Self.provenanceKeys.joined(separator: ", ")))"
            }
            switch key {
            case "mode" where !["min", "max"].contains(value): return "mode=\(value) must be min or max"
            case "version" where !["v0.2", "v1"].contains(value): return "version=\(value) must be v0.2 or v1"
            case _ where Self.booleans.contains(key):
                if BooleanAttribute.parse(value) == nil { return "\(key)=\(value) must be true or false" }
            default: break
            }
        }
        guard kind == .sbom, let generator = parameters["generator"] else { return nil }
        do {
            _ = try ImageReference(parsing: generator)
            return nil
        } catch {
            return "generator: \(error)"
        }
    }

    private static func wrong(_ text: String, _ problem: String) -> ParseError {
        ParseError("attestation", text, problem, expected: "type=provenance|sbom[,KEY=VALUE…]")
    }

    /// The parameters as the front end takes them.
    package var record: String {
        let fields = parameters.sorted { $0.key < $1.key }.map { key, value in
            let isEmptyWord = value.isEmpty && kind == .provenance && Self.booleans.contains(key)
            return "\(key)=\(isEmptyWord ? "true" : value)"
        }
        return CommaFields.join(fields)
    }
}
