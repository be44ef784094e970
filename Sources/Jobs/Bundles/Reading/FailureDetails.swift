import CaissonBuildModel
import CaissonJSON

/// What BuildKit tells of a failure beside its words: a message `google.rpc.Status` whose details are JSON in `Any`s
/// (moby/buildkit solver/errdefs).
struct FailureDetails {
    /// How much is taken of a text or a file.
    private static let longest = 1 << 20
    /// How many details are looked at.
    private static let most = 256

    /// The places in source files.
    private(set) var excerpts: [SourceExcerpt] = []
    /// The digest of the step that failed; empty where none is named.
    private(set) var vertex = ""
    /// The exit status of its process.
    private(set) var exitCode: Int?

    /// Knows nothing.
    init() {}

    /// Reads the message; what can't be read isn't there.
    init(_ bytes: [UInt8]) {
        var reader = WireReader(bytes[...])
        var count = 0
        while count < Self.most, let field = try? reader.next() {
            guard field.number == 3 else { continue }
            count += 1
            take(field.value.data)
        }
    }

    private mutating func take(_ bytes: ArraySlice<UInt8>) {
        var reader = WireReader(bytes)
        var (type, content) = ("", ArraySlice<UInt8>())
        while let field = try? reader.next() {
            if field.number == 1 { type = field.value.text(512) }
            if field.number == 2 { content = field.value.data }
        }
        guard content.count <= Self.longest, let json = try? JSON(parsing: Array(content)) else { return }
        // Earlier versions begin with another host.
        switch type.utf8.split(separator: UInt8(ascii: "/")).last.map({ String(Substring($0)) }) {
        case "errdefs.Source+json": excerpts += [SourceExcerpt(detail: json)].compactMap { $0 }
        case "errdefs.Vertex+json": vertex = json["digest"]?.string ?? ""
        case "gatewayapi.ExitMessage+json": exitCode = json["Code"]?.integer.map { Int(clamping: $0) }
        default: break
        }
    }
}

extension SourceExcerpt {
    /// Reads the JSON of `solver/pb.SourceInfo` and its ranges as Go writes it; numbers that are 0 are left out.
    fileprivate init?(detail json: JSON) {
        guard let info = json["info"] else { return nil }
        let source = SourceInfo(
            filename: info["filename"]?.string ?? "",
            data: info["data"]?.base64 ?? [],
            language: info["language"]?.string ?? ""
        )
        let ranges = json["ranges"].items.map { range in
            SourceRange(
                startLine: (range["start"]?["line"]).count,
                startCharacter: (range["start"]?["character"]).count,
                endLine: (range["end"]?["line"]).count,
                endCharacter: (range["end"]?["character"]).count
            )
        }
        self.init(source: source, ranges: ranges)
    }
}
