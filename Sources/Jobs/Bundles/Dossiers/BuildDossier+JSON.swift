import CaissonBuildModel
import CaissonJSON

extension BuildDossier {
    /// Writes all that is known of a build as one object, in a piece for each step: a layer that loses nothing.
    func write(to sink: ([UInt8]) throws -> Void) throws {
        let head = JSON.object([
            ("record", record.json), ("artifacts", .list(artifacts, \.json)),
            (
                "remarks",
                .list(remarks) { .object([("time", .time($0.time)), ("text", .string($0.text))]) }
            ),
            ("contexts", .list(contexts, \.json)), ("error", error?.json),
        ])
        // The object goes on, so its brace at the end comes later.
        try sink(Array(head.goBytes(indented: false).dropLast()) + Array(#","steps":["#.utf8))
        for (place, step) in steps.enumerated() {
            try sink((place == 0 ? [] : [UInt8(ascii: ",")]) + step.json.goBytes(indented: false))
        }
        try sink(Array("]}".utf8))
    }

    /// Reads what `write(to:)` wrote; nil where it names no build.
    init?(bundled json: JSON) {
        guard let record = json["record"].flatMap({ BuildRecord(bundled: $0) }) else { return nil }
        self.init(record)
        artifacts = json["artifacts"].items.compactMap { BuildArtifact(bundled: $0) }
        remarks = json["remarks"].items.compactMap { remark in
            remark["time"]?.time.map { BuildRemark($0, remark["text"]?.string ?? "") }
        }
        contexts = json["contexts"].items.compactMap { ContextChanges(bundled: $0) }
        error = json["error"].map { BuildError(bundled: $0) }
        var known: Set<Int> = []
        steps = json["steps"].items.compactMap { StepRecord(bundled: $0) }.filter { known.insert($0.number).inserted }
    }
}

extension BuildArtifact {
    fileprivate var json: JSON {
        switch self {
        case .image(let image): .object([("image", image.json)])
        case .file(let path): .object([("file", .string(path))])
        case .directory(let path): .object([("directory", .string(path))])
        case .standardOutput: .object([("standardOutput", .bool(true))])
        case .cache(let name): .object([("cache", .string(name))])
        }
    }

    fileprivate init?(bundled json: JSON) {
        if let image = json["image"] {
            self = .image(ImageArtifact(bundled: image))
        } else if let path = json["file"]?.string {
            self = .file(path)
        } else if let path = json["directory"]?.string {
            self = .directory(path)
        } else if let name = json["cache"]?.string {
            self = .cache(name)
        } else if json["standardOutput"].isTrue {
            self = .standardOutput
        } else {
            return nil
        }
    }
}

extension ContextChanges {
    fileprivate var json: JSON {
        .object([
            ("name", .string(name)), ("previous", previous.map { .string($0.description) }),
            ("files", .integer(Int64(files))), ("changes", .list(changes, \.json)), ("omitted", .count(Int64(omitted))),
        ])
    }

    fileprivate init?(bundled json: JSON) {
        guard let name = json["name"]?.string else { return nil }
        let previous = json["previous"]?.string.flatMap { BuildID($0) }
        self.init(of: name, files: json["files"].count, since: previous)
        changes = json["changes"].items.compactMap { ContextChange(bundled: $0) }
        omitted = json["omitted"].count
    }
}

extension ContextChange {
    // The numbers are texts, as those of JSON are read as doubles by others.
    fileprivate var json: JSON {
        .object([
            ("kind", .string(kind.rawValue)), ("path", .string(path)), ("before", before.map { .string(String($0)) }),
            ("after", after.map { .string(String($0)) }),
        ])
    }

    fileprivate init?(bundled json: JSON) {
        guard let kind = json["kind"]?.string.flatMap({ Kind(rawValue: $0) }), let path = json["path"]?.string else {
            return nil
        }
        let number = { (name: String) in json[name]?.string.flatMap { UInt64($0) } }
        self.init(kind, path, before: number("before"), after: number("after"))
    }
}
