import CaissonBuildModel
import CaissonJSON

extension BuildError {
    /// The error for a bundle; fields of the request are texts then.
    var json: JSON {
        .object([
            ("code", .string(code.bundledName)), ("message", .string(message)), ("loss", .flag(wording.isOfLoss)),
            ("excerpts", .list(excerpts, \.json)), ("step", step?.json),
        ])
    }

    /// Reads an error.
    init(bundled json: JSON) {
        var message = FieldMessage(json["message"]?.string ?? "")
        message.isOfLoss = json["loss"].isTrue
        self.init(
            json["code"]?.string.flatMap { Code(bundledName: $0) } ?? .engine,
            message,
            excerpts: json["excerpts"].items.compactMap { SourceExcerpt(bundled: $0) },
            step: json["step"].map { FailedStep(bundled: $0) }
        )
    }
}

extension BuildError.Code {
    private static let names: [(name: String, code: Self)] = [
        ("usage", .usage), ("unsupported", .unsupported), ("engine", .engine), ("step", .step), ("output", .output),
        ("deadline", .deadlineExceeded), ("cancelled", .cancelled),
    ]

    fileprivate var bundledName: String { Self.names.first { $0.code == self }?.name ?? "engine" }

    fileprivate init?(bundledName: String) {
        guard let code = Self.names.first(where: { $0.name == bundledName })?.code else { return nil }
        self = code
    }
}

extension FailedStep {
    fileprivate var json: JSON {
        .object([
            ("digest", .string(vertex)), ("name", .string(name)), ("exit", exitCode.map { .integer(Int64($0)) }),
        ])
    }

    fileprivate init(bundled json: JSON) {
        self.init(
            vertex: json["digest"]?.string ?? "",
            name: json["name"]?.string ?? "",
            exitCode: json["exit"]?.integer.map { Int(clamping: $0) }
        )
    }
}

extension SourceExcerpt {
    fileprivate var json: JSON {
        .object([
            ("file", .string(source.filename)), ("language", .string(source.language)), ("data", .bytes(source.data)),
            (
                "ranges",
                .list(ranges) { range in
                    .array(
                        [range.startLine, range.startCharacter, range.endLine, range.endCharacter]
                            .map { .integer(Int64($0)) }
                    )
                }
            ),
        ])
    }

    fileprivate init?(bundled json: JSON) {
        guard let name = json["file"]?.string else { return nil }
        let source = SourceInfo(
            filename: name,
            data: json["data"]?.base64 ?? [],
            language: json["language"]?.string ?? ""
        )
        let ranges = json["ranges"].items.compactMap { item -> SourceRange? in
            let numbers = item.array?.map(\.count) ?? []
            guard numbers.count == 4 else { return nil }
            return SourceRange(
                startLine: numbers[0],
                startCharacter: numbers[1],
                endLine: numbers[2],
                endCharacter: numbers[3]
            )
        }
        self.init(source: source, ranges: ranges)
    }
}
