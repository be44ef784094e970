import CaissonJSON
import CaissonText
import CaissonBuildModel
import CaissonReporting
import FoundationEssentials

/// What `--metadata-file` holds: the exporters' answers by buildx's keys.
enum Metadata {
    /// The answers as one JSON object with sorted keys; an answer that is JSON in base64, such as a descriptor, is put in
    /// as what it is.
    static func json(of result: BuildResult) -> [UInt8] { bytes(value(of: result)) }

    /// A value as the file has it.
    static func bytes(_ value: JSON) -> [UInt8] { value.goBytes(indented: true) + [0x0A] }

    /// The answers as one value.
    static func value(of result: BuildResult) -> JSON {
        var fields = result.exporterResponse.mapValues(value)
        fields["buildx.build.ref"] = fields["buildx.build.ref"] ?? .string(result.ref)
        if let digest = result.digest {
            fields["containerimage.digest"] = fields["containerimage.digest"] ?? .string(digest)
        }
        fields.merge(numbers(of: result.statistics)) { theirs, _ in theirs }
        return JSON(fields)
    }

    /// Warnings as an answer has them, JSON in base64.
    static func text(of warnings: [VertexWarning]) -> String {
        Data(RawJSONRenderer().list(of: warnings)).base64EncodedString()
    }

    /// Our own keys.
    private static func numbers(of statistics: BuildStatistics) -> [String: JSON] {
        let (seconds, attoseconds) = statistics.duration.components
        let milliseconds = Double(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        var fields: [String: JSON] = [
            "caisson.steps.total": .number(String(statistics.steps)),
            "caisson.steps.cached": .number(String(statistics.cachedSteps)),
            "caisson.duration.seconds": .number(String(milliseconds / 1000)),
        ]
        fields["caisson.image.size"] = statistics.imageSize.map { .number(String($0)) }
        if statistics.isImageSizePacked { fields["caisson.image.packed"] = .bool(true) }
        fields["caisson.image.layers"] = statistics.layers.map { .number(String($0)) }
        return fields
    }

    static func value(of answer: String) -> JSON {
        guard let data = Data(base64Encoded: answer), let value = try? JSON(parsing: Array(data)) else {
            return .string(answer)
        }
        switch value {
        case .object(let members) where !members.isEmpty: return value
        case .array(let values) where !values.isEmpty && values.allSatisfy(\.isObject): return value
        default: return .string(answer)
        }
    }
}

extension BuildResult {
    /// Puts the build's warnings among the answers where buildx's variable asks for them (docker/buildx
    /// util/confutil/metadata.go).
    mutating func keep(_ warnings: [VertexWarning], asSaidBy environment: [String: String]) {
        guard !warnings.isEmpty, GoBoolean.parse(environment["BUILDX_METADATA_WARNINGS"] ?? "") == true else { return }
        exporterResponse["buildx.build.warnings"] = Metadata.text(of: warnings)
    }
}
