import BuildModel
import FoundationEssentials

/// What `--metadata-file` holds: the exporters' answers by buildx's keys.
enum Metadata {
    /// The answers as one JSON object with sorted keys; an answer that is JSON in base64, such as a descriptor, is put in
    /// as what it is.
    static func json(of result: BuildResult) -> [UInt8] {
        var fields = result.exporterResponse.mapValues(value)
        fields["buildx.build.ref"] = fields["buildx.build.ref"] ?? .text(result.ref)
        if let digest = result.digest {
            fields["containerimage.digest"] = fields["containerimage.digest"] ?? .text(digest)
        }
        fields.merge(numbers(of: result.statistics)) { theirs, _ in theirs }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(fields) else { return Array("{}\n".utf8) }
        return Array(data) + [0x0A]
    }

    /// Our own keys.
    private static func numbers(of statistics: BuildStatistics) -> [String: JSONValue] {
        let (seconds, attoseconds) = statistics.duration.components
        let milliseconds = Double(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        var fields: [String: JSONValue] = [
            "caisson.steps.total": .integer(Int64(statistics.steps)),
            "caisson.steps.cached": .integer(Int64(statistics.cachedSteps)),
            "caisson.duration.seconds": .number(milliseconds / 1000),
        ]
        fields["caisson.image.size"] = statistics.imageSize.map(JSONValue.integer)
        fields["caisson.image.layers"] = statistics.layers.map { .integer(Int64($0)) }
        return fields
    }

    private static func value(of answer: String) -> JSONValue {
        guard let data = Data(base64Encoded: answer), let value = try? JSONDecoder().decode(JSONValue.self, from: data)
        else { return .text(answer) }
        switch value {
        case .object(let fields) where !fields.isEmpty: return value
        case .list(let values) where !values.isEmpty && values.allSatisfy(\.isObject): return value
        default: return .text(answer)
        }
    }
}
