import CaissonBuildModel
import Foundation

/// A recorded build: the lines of `Fixtures/progress/<name>/events.jsonl`.
struct EventFixture {
    static let all = [
        "multistage", "multistage-cached", "failing-run", "cut-off", "parallel", "layers", "transfer", "odd-output",
        "wide-characters", "warnings",
    ]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/progress")

    let folder: URL
    let lines: [String]
    let statuses: [SolveStatus]

    init(_ name: String) throws {
        folder = Self.root.appending(path: name)
        let text = try String(contentsOf: folder.appending(path: "events.jsonl"), encoding: .utf8)
        lines = text.split(separator: "\n").map(String.init)
        statuses = try lines.map { try JSONDecoder().decode(StatusJSON.self, from: Data($0.utf8)).value() }
    }

    /// Our own events around the recorded ones, as a driver sends them.
    var events: [BuildEvent] {
        let first = statuses.lazy.flatMap(\.vertexes).compactMap(\.started).first ?? Timestamp(seconds: 0)
        let attempt = BuildAttempt(on: "dockerd 20.10.24 at unix:///run/d.sock", limit: 1)
        return [.of(.attempt(attempt), at: first)] + statuses.map { .status($0) }
    }

    /// Compares with a golden file, or with RECORD=1 writes it; says what is wrong, nil for nothing.
    func mismatch(_ text: String, golden name: String) throws -> String? {
        let file = folder.appending(path: name)
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try Data(text.utf8).write(to: file)
            return "recorded \(file.path); run again without RECORD"
        }
        guard let data = try? Data(contentsOf: file) else { return "no golden file \(file.path); run with RECORD=1" }
        let golden = String(decoding: data, as: UTF8.self)
        guard golden != text else { return nil }
        let pairs = zip(
            golden.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + ["<end>"],
            text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + ["<end>"]
        )
        let difference = pairs.enumerated().first { $0.element.0 != $0.element.1 }
        return difference.map { "\(file.path):\($0.offset + 1)\n- \($0.element.0)\n+ \($0.element.1)" }
    }
}

/// Events of which only the kind matters.
extension BuildEvent {
    static func of(_ kind: Kind, at time: Timestamp = Timestamp(seconds: 0)) -> BuildEvent {
        BuildEvent(build: id, sequence: 0, time: time, kind: kind)
    }

    static func status(_ status: SolveStatus) -> BuildEvent { of(.status(status)) }
    static func notice(_ text: String) -> BuildEvent { of(.notice(FieldMessage(text))) }
    static func finished(_ outcome: BuildOutcome) -> BuildEvent { of(.finished(outcome)) }

    private static let id = BuildID()
}

/// BuildKit's `client.SolveStatus` as JSON.
private struct StatusJSON: Decodable {
    struct Group: Decodable {
        var id: String?
        var name: String?
        var weak: Bool?
    }
    struct Step: Decodable {
        var digest: String?
        var inputs: [String]?
        var name: String?
        var started: String?
        var completed: String?
        var cached: Bool?
        var error: String?
        var progressGroup: Group?
    }
    struct Counter: Decodable {
        var id: String
        var vertex: String?
        var name: String?
        var total: Int64?
        var current: Int64
        var timestamp: String
        var started: String?
        var completed: String?
    }
    struct Log: Decodable {
        var vertex: String?
        var stream: Int?
        var data: Data?
        var timestamp: String
    }
    struct Source: Decodable {
        var filename: String?
        var data: Data?
        var language: String?
    }
    struct Position: Decodable {
        var line: Int?
        var character: Int?
    }
    struct Range: Decodable {
        var start: Position?
        var end: Position?
    }
    struct Warning: Decodable {
        var vertex: String?
        var level: Int?
        var short: Data?
        var detail: [Data]?
        var url: String?
        var sourceInfo: Source?
        var range: [Range]?
    }
    var vertexes: [Step]?
    var statuses: [Counter]?
    var logs: [Log]?
    var warnings: [Warning]?

    func value() throws -> SolveStatus {
        SolveStatus(
            vertexes: try (vertexes ?? []).map { try $0.value() },
            statuses: try (statuses ?? []).map { try $0.value() },
            logs: try (logs ?? []).map {
                VertexLog(
                    vertex: $0.vertex ?? "",
                    stream: $0.stream ?? 0,
                    data: Array($0.data ?? Data()),
                    timestamp: try parseTimestamp($0.timestamp)
                )
            },
            warnings: (warnings ?? []).map { $0.value() }
        )
    }
}

extension StatusJSON.Step {
    func value() throws -> Vertex {
        Vertex(
            digest: digest ?? "",
            inputs: inputs ?? [],
            name: name ?? "",
            isCached: cached ?? false,
            started: try started.map(parseTimestamp),
            completed: try completed.map(parseTimestamp),
            error: error ?? "",
            group: progressGroup.map { ProgressGroup(id: $0.id ?? "", name: $0.name ?? "", isWeak: $0.weak ?? false) }
        )
    }
}

extension StatusJSON.Counter {
    func value() throws -> VertexStatus {
        VertexStatus(
            id: id,
            vertex: vertex ?? "",
            name: name ?? "",
            current: current,
            total: total ?? 0,
            timestamp: try parseTimestamp(timestamp),
            started: try started.map(parseTimestamp),
            completed: try completed.map(parseTimestamp)
        )
    }
}

extension StatusJSON.Warning {
    func value() -> VertexWarning {
        VertexWarning(
            vertex: vertex ?? "",
            level: level ?? 0,
            short: Array(short ?? Data()),
            detail: (detail ?? []).map { Array($0) },
            url: url ?? "",
            source: sourceInfo.map {
                SourceInfo(filename: $0.filename ?? "", data: Array($0.data ?? Data()), language: $0.language ?? "")
            },
            ranges: (range ?? []).map {
                SourceRange(
                    startLine: $0.start?.line ?? 0,
                    startCharacter: $0.start?.character ?? 0,
                    endLine: $0.end?.line ?? 0,
                    endCharacter: $0.end?.character ?? 0
                )
            }
        )
    }
}

/// Reads RFC 3339 with `Z`, with up to nine decimals.
private func parseTimestamp(_ text: String) throws -> Timestamp {
    let parts = text.dropLast().split(separator: ".")
    let date = try Date(String(parts[0]) + "Z", strategy: .iso8601)
    let decimals = parts.count > 1 ? String(parts[1]).padding(toLength: 9, withPad: "0", startingAt: 0) : "0"
    return Timestamp(seconds: Int64(date.timeIntervalSince1970), nanoseconds: Int32(decimals) ?? 0)
}
