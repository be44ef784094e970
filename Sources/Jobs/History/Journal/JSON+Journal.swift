import CaissonBuildModel
import CaissonJSON
import CaissonText

/// How values of a journal are read; what isn't as it should be reads as if it weren't there.
extension JSON {
    /// A number of things that readers may reckon with: from 0 to what 32 bits hold.
    var count: Int { Int(min(max(integer ?? 0, 0), Int64(Int32.max))) }
    /// A number of bytes, which isn't negative.
    var size: Int64 { max(integer ?? 0, 0) }

    /// Bytes that were written as a text or in base64.
    var bytes: [UInt8] {
        if let string { return Array(string.utf8) }
        return self["base64"]?.string.flatMap { Base64.decode($0) } ?? []
    }
}

extension JSON? {
    /// The texts in a list.
    var texts: [String] { self?.array?.compactMap(\.string) ?? [] }
    /// The items of a list.
    var items: [JSON] { self?.array ?? [] }
    /// Whether it is true.
    var isTrue: Bool { self?.isTrue ?? false }
}

extension Timestamp {
    /// Reads `[seconds,nanoseconds]`.
    init?(_ json: JSON?) {
        guard let parts = json?.array, parts.count == 2, let seconds = parts[0].integer,
            let nanoseconds = parts[1].integer
        else { return nil }
        self.init(seconds: seconds, nanoseconds: Int32(clamping: nanoseconds))
    }
}

extension Duration {
    /// Reads `[seconds,attoseconds]`; nil for what is longer than thirty thousand years.
    init?(_ json: JSON?) {
        guard let parts = json?.array, parts.count == 2, let seconds = parts[0].integer,
            let attoseconds = parts[1].integer, seconds.magnitude < 1 << 40,
            attoseconds.magnitude < 1_000_000_000_000_000_000
        else { return nil }
        self.init(secondsComponent: seconds, attosecondsComponent: attoseconds)
    }
}

extension ProgressGroup {
    /// Reads a group.
    init?(_ json: JSON) {
        guard let id = json["id"]?.string else { return nil }
        self.init(id: id, name: json["name"]?.string ?? "", isWeak: json["weak"].isTrue)
    }
}

extension SourceInfo {
    /// Reads a source file.
    init?(_ json: JSON) {
        guard let name = json["file"]?.string else { return nil }
        self.init(filename: name, data: json["data"]?.bytes ?? [], language: json["language"]?.string ?? "")
    }
}

extension SourceRange {
    /// Reads places in a file.
    static func list(_ json: JSON?) -> [SourceRange] {
        json.items.compactMap { item in
            let numbers = item.array?.compactMap(\.integer).map { Int($0) } ?? []
            // A line's number, which readers count from.
            guard numbers.count == 4, numbers.allSatisfy({ $0.magnitude < 1 << 40 }) else { return nil }
            return SourceRange(
                startLine: numbers[0],
                startCharacter: numbers[1],
                endLine: numbers[2],
                endCharacter: numbers[3]
            )
        }
    }
}

extension BuildAttempt {
    /// Reads an attempt; nil for one beyond the last.
    init?(_ json: JSON) {
        guard let what = json["what"]?.string, let number = json["number"]?.integer,
            let limit = json["limit"]?.integer, number >= 1, number <= limit, limit <= Int32.max
        else { return nil }
        self.init(again: what, number: Int(number), limit: Int(limit), reason: "")
        reason = json["reason"]?.string
        cause = json["cause"]?.string.flatMap { RetryPolicy.Cause(rawValue: $0) } ?? .infrastructure
        engine = json["engine"]?.string
    }
}

extension BuildArtifact {
    /// Reads what left a build; nil for what a later version writes.
    init?(_ json: JSON) {
        if let image = json["image"] {
            self = .image(
                ImageArtifact(
                    names: image["names"].texts,
                    digest: image["digest"]?.string,
                    id: image["id"]?.string,
                    isPushed: image["pushed"].isTrue
                )
            )
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

extension BuildOutcome {
    /// Reads how a build ended.
    init?(_ json: JSON) {
        if let result = json["succeeded"] {
            self = .succeeded(BuildResult(result))
        } else if let answer = json["answered"] {
            let text = answer["text"]?.string ?? ""
            self = .answered(
                BuildAnswer(text: text, json: answer["json"]?.bytes ?? [], isGood: answer["good"].isTrue)
            )
        } else if let error = json["failed"] {
            self = .failed(BuildError(error))
        } else if json["cancelled"].isTrue {
            self = .cancelled
        } else {
            return nil
        }
    }
}

extension BuildResult {
    /// Reads what a build gave back.
    fileprivate init(_ json: JSON) {
        self.init(
            ref: json["ref"]?.string ?? "",
            exporterResponse: json["response"]?.texts ?? [:],
            imageID: json["image"]?.string,
            digest: json["digest"]?.string
        )
        if let written = json["statistics"] { statistics = BuildStatistics(written) }
    }
}

extension BuildStatistics {
    fileprivate init(_ json: JSON) {
        self.init()
        imageSize = json["size"]?.integer
        isImageSizePacked = json["packed"].isTrue
        layers = json["layers"]?.integer == nil ? nil : json["layers"]?.count
        steps = json["steps"]?.count ?? 0
        cachedSteps = json["cached"]?.count ?? 0
        duration = Duration(json["duration"]) ?? .zero
    }
}

extension BuildError {
    /// Reads an error; its fields are texts by now.
    fileprivate init(_ json: JSON) {
        let code = json["code"]?.string.flatMap { Code(journalName: $0) } ?? .engine
        var message = FieldMessage(json["message"]?.string ?? "")
        message.isOfLoss = json["loss"].isTrue
        let excerpts = json["excerpts"].items.compactMap { excerpt in
            excerpt["source"].flatMap { SourceInfo($0) }.map {
                SourceExcerpt(source: $0, ranges: SourceRange.list(excerpt["ranges"]))
            }
        }
        self.init(code, message, excerpts: excerpts)
        guard let written = json["step"] else { return }
        step = FailedStep(
            vertex: written["digest"]?.string ?? "",
            name: written["name"]?.string ?? "",
            exitCode: written["exit"]?.integer.map { Int($0) }
        )
    }
}
