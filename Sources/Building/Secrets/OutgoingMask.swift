import CaissonJSON
import CaissonText
package import CaissonBuildModel
import FoundationEssentials

/// The mask of everything that leaves a build: events, errors, results, answers, and the records in them.
///
/// What keys something stays as it is: digests of steps, references, an image's id. All that people or programs read as
/// text is masked. Output of steps is not looked at here, as it comes in pieces: see `EventMasking`.
package struct OutgoingMask: Sendable {
    /// The mask of texts; nil where there is nothing to hide.
    private let mask: SecretMask?

    /// Makes a mask; nil lets everything through as it is.
    init(_ mask: SecretMask?) {
        self.mask = mask
    }

    /// Whether there is anything to hide.
    var isActive: Bool { mask != nil }

    /// The mask for output that comes in pieces; nil where there is nothing to hide.
    var ofStreams: SecretMask? { mask }

    // MARK: What leaves a build

    /// What happened, without secrets in its texts.
    package func apply(_ kind: BuildEvent.Kind) -> BuildEvent.Kind {
        guard isActive else { return kind }
        return switch kind {
        case .started(let start): .started(BuildStart(engine: apply(start.engine)))
        case .attempt(let attempt): .attempt(apply(attempt))
        case .status(let status): .status(apply(status))
        case .notice(let text): .notice(apply(text))
        case .context(let snapshot): .context(snapshot.mapTexts { apply($0) })
        case .artifact(let artifact): .artifact(apply(artifact))
        case .finished(let outcome): .finished(apply(outcome))
        }
    }

    /// The result without secrets in what the exporters said.
    package func apply(_ result: BuildResult) -> BuildResult {
        guard isActive else { return result }
        var result = result
        let said = result.exporterResponse.map { (key(ofExporter: $0.key), value(ofExporter: $0.value)) }
        result.exporterResponse = Dictionary(said) { first, _ in first }
        return result
    }

    /// The error without secrets in its message, its step's name and its excerpts.
    package func apply(_ error: BuildError) -> BuildError {
        guard isActive else { return error }
        var error = error
        error.wording = apply(error.wording)
        if let name = error.step?.name { error.step?.name = apply(name) }
        error.excerpts = error.excerpts.map { SourceExcerpt(source: apply($0.source), ranges: $0.ranges) }
        return error
    }

    /// The answer without secrets.
    package func apply(_ answer: BuildAnswer) -> BuildAnswer {
        guard isActive else { return answer }
        var answer = answer
        answer.text = apply(answer.text)
        answer.json = apply(json: answer.json)
        return answer
    }

    // MARK: Records

    /// Keys that engines and buildx agree on; all others are text.
    private static let keys: Set<String> = [
        "buildx.build.provenance", "buildx.build.ref", "buildx.build.warnings", "containerimage.buildinfo",
        "containerimage.config.digest", "containerimage.descriptor", "containerimage.digest", "image.name",
    ]

    private func key(ofExporter key: String) -> String {
        if Self.keys.contains(key) { return key }
        let prefix = "buildx.build.provenance/"
        return key.hasPrefix(prefix) ? prefix + apply(String(key.dropFirst(prefix.count))) : apply(key)
    }

    /// Provenance and descriptors are JSON in base64, in which a secret has another form at each place: they are opened.
    private func value(ofExporter text: String) -> String {
        guard let data = Data(base64Encoded: text), let json = try? JSON(parsing: Array(data)),
            json.isObject || json.array != nil
        else { return apply(text) }
        let masked = apply(json)
        return masked == json ? text : Data(masked.goBytes(indented: false)).base64EncodedString()
    }

    /// JSON as bytes; they stay the same where nothing is hidden.
    private func apply(json bytes: [UInt8]) -> [UInt8] {
        guard let json = try? JSON(parsing: bytes) else { return apply(bytes) }
        let masked = apply(json)
        return masked == json ? bytes : masked.goBytes(indented: bytes.contains(0x0A))
    }

    private func apply(_ json: JSON) -> JSON {
        switch json {
        case .null, .bool: return json
        case .number(let text):
            let masked = apply(text)
            return masked == text ? json : .string(masked)
        case .string(let text): return .string(apply(text))
        case .array(let values): return .array(values.map { apply($0) })
        case .object(let members): return .object(members.map { JSONMember(apply($0.name), apply($0.value)) })
        }
    }

    // MARK: Texts

    /// A text; a digest is nobody's secret, but may hold the digits of a short one.
    func apply(_ text: String) -> String {
        guard let mask, !text.isDigest else { return text }
        return mask.apply(text)
    }

    /// A message; the names of fields are ours.
    func apply(_ message: FieldMessage) -> FieldMessage { message.mapTexts { apply($0) } }

    /// Bytes that are text.
    func apply(_ text: [UInt8]) -> [UInt8] { mask?.apply(text) ?? text }
}

extension String {
    /// Whether it is `sha256:` and 64 hexadecimal digits.
    fileprivate var isDigest: Bool {
        let prefix = "sha256:"
        return hasPrefix(prefix) && utf8.count == prefix.utf8.count + 64
            && utf8.dropFirst(prefix.utf8.count).allSatisfy(\.isHexDigit)
    }
}
