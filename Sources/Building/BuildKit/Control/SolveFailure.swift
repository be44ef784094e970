import FoundationEssentials
package import CaissonBuildModel

/// What went wrong on the engine, read from the call's status and its typed details.
///
/// BuildKit puts its Go error values into the status details as JSON, under type URLs such as
/// `github.com/moby/buildkit/errdefs.Source+json` (moby/buildkit util/grpcerrors). Engines before 0.9 send fewer kinds
/// of them.
package struct SolveFailure: Sendable {
    /// The engine's message.
    package var message: String
    /// Places in source files that the failure is about.
    package var excerpts: [SourceExcerpt] = []
    /// The digest of the failed step; nil when the failure is not a step's.
    package var vertex: String?
    /// The exit status of the step's process.
    package var exitCode: Int?

    /// Reads a call's error.
    package init(_ error: GRPCError) {
        message = error.message
        for detail in error.details {
            let name = detail.type.split(separator: "/").last ?? ""
            switch name.prefix(while: { $0 != "+" }).split(separator: ".").last {
            case "Source": excerpts += SolveFailure.excerpt(detail.value).map { [$0] } ?? []
            case "Vertex": vertex = vertex ?? SolveFailure.decode(VertexDetail.self, detail.value)?.digest
            case "ExitMessage": exitCode = exitCode ?? SolveFailure.decode(ExitDetail.self, detail.value)?.Code
            default: break
            }
        }
        exitCode = exitCode ?? SolveFailure.exitCode(endOf: error.message)
        excerpts = excerpts.reduce(into: []) { unique, excerpt in
            if !unique.contains(excerpt) { unique.append(excerpt) }
        }
    }

    /// Engines before BuildKit 0.9 tell the exit status only in their message: `…: exit code: 3`.
    private static func exitCode(endOf message: String) -> Int? {
        guard let range = message.ranges(of: "exit code: ").last else { return nil }
        return Int(message[range.upperBound...].prefix { $0.isNumber })
    }

    private static func excerpt(_ json: [UInt8]) -> SourceExcerpt? {
        guard let detail = decode(SourceDetail.self, json), let info = detail.info else { return nil }
        let source = SourceInfo(
            filename: info.filename ?? "Dockerfile",
            data: [UInt8](info.data ?? Data()),
            language: info.language ?? ""
        )
        let ranges = (detail.ranges ?? []).map { range in
            SourceRange(
                startLine: range.start?.line ?? 0,
                startCharacter: range.start?.character ?? 0,
                endLine: range.end?.line ?? range.start?.line ?? 0,
                endCharacter: range.end?.character ?? 0
            )
        }
        return SourceExcerpt(source: source, ranges: ranges)
    }

    private static func decode<T: Decodable>(_ type: T.Type, _ json: [UInt8]) -> T? {
        try? JSONDecoder().decode(type, from: Data(json))
    }
}

/// `errdefs.Source` as Go's encoding/json writes it: zero values are left out.
private struct SourceDetail: Decodable {
    var info: Info?
    var ranges: [Range]?

    struct Info: Decodable {
        var filename: String?
        var data: Data?
        var language: String?
    }

    struct Range: Decodable {
        var start: Position?
        var end: Position?
    }

    struct Position: Decodable {
        var line: Int?
        var character: Int?
    }
}

/// `errdefs.Vertex`.
private struct VertexDetail: Decodable {
    var digest: String?
}

/// `gatewayapi.ExitMessage`; the key is Go's field name.
private struct ExitDetail: Decodable {
    var Code: Int?
}
