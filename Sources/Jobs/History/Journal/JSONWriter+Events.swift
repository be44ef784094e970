import CaissonBuildModel
import CaissonJSON

/// How a journal writes attempts, artifacts, outcomes and errors.
extension JSONWriter {
    /// Writes an attempt.
    mutating func write(_ attempt: BuildAttempt) {
        object { json in
            json.member("what", attempt.what.clipped(to: JournalLimit.name))
            json.member("number", attempt.number)
            json.member("limit", attempt.limit)
            json.member("reason", ifAny: attempt.reason?.clipped(to: JournalLimit.message))
            json.member("cause", attempt.cause.rawValue)
            json.member("engine", ifAny: attempt.engine?.clipped(to: JournalLimit.name))
        }
    }

    /// Writes what left the build.
    mutating func write(_ artifact: BuildArtifact) {
        object { json in
            switch artifact {
            case .image(let image): json.member(image: image)
            case .file(let path): json.member("file", path)
            case .directory(let path): json.member("directory", path)
            case .standardOutput: json.member("standardOutput", true)
            case .cache(let name): json.member("cache", name)
            }
        }
    }

    private mutating func member(image: ImageArtifact) {
        object("image") { json in
            json.list("names", image.names.prefix(JournalLimit.parts)) { $0.string($1.clipped(to: JournalLimit.id)) }
            json.member("digest", ifAny: image.digest?.clipped(to: JournalLimit.id))
            json.member("id", ifAny: image.id?.clipped(to: JournalLimit.id))
            json.member("pushed", ifTrue: image.isPushed)
        }
    }

    /// Writes how the build ended.
    mutating func write(_ outcome: BuildOutcome) {
        object { json in
            switch outcome {
            case .succeeded(let result):
                json.key("succeeded")
                json.write(result)
            case .answered(let answer):
                json.object("answered") { json in
                    json.member("text", answer.text.clipped(to: JournalLimit.message))
                    json.key("json")
                    json.bytes(Array(answer.json.prefix(JournalLimit.source)))
                    json.member("good", answer.isGood)
                }
            case .failed(let error):
                json.key("failed")
                json.write(error)
            case .cancelled: json.member("cancelled", true)
            }
        }
    }

    private mutating func write(_ result: BuildResult) {
        object { json in
            json.member("ref", result.ref.clipped(to: JournalLimit.id))
            json.key("response")
            json.object { json in
                for (name, value) in result.responseWithinLimits {
                    json.key(text: name)
                    json.string(value)
                }
            }
            json.member("image", ifAny: result.imageID?.clipped(to: JournalLimit.id))
            json.member("digest", ifAny: result.digest?.clipped(to: JournalLimit.id))
            json.object("statistics") { $0.members(of: result.statistics) }
        }
    }

    private mutating func members(of statistics: BuildStatistics) {
        member("size", ifAny: statistics.imageSize)
        member("packed", ifTrue: statistics.isImageSizePacked)
        member("layers", ifAny: statistics.layers.map { Int64($0) })
        member("steps", statistics.steps)
        member("cached", statistics.cachedSteps)
        member("duration", statistics.duration)
    }

    private mutating func write(_ error: BuildError) {
        object { json in
            json.member("code", error.code.journalName)
            json.member("message", error.message.clipped(to: JournalLimit.message))
            json.member("loss", ifTrue: error.wording.isOfLoss)
            if !error.excerpts.isEmpty { json.list("excerpts", error.withinLimits) { $0.write($1) } }
            guard let step = error.step else { return }
            json.object("step") { json in
                json.member("digest", step.vertex.clipped(to: JournalLimit.id))
                json.member("name", step.name.clipped(to: JournalLimit.name))
                json.member("exit", ifAny: step.exitCode.map { Int64($0) })
            }
        }
    }

    private mutating func write(_ excerpt: SourceExcerpt) {
        object { json in
            json.object("source") { $0.members(of: excerpt.source) }
            json.ranges(excerpt.ranges)
        }
    }
}

extension BuildError {
    /// The excerpts, as many as fit in a line.
    fileprivate var withinLimits: [SourceExcerpt] {
        var left = JournalLimit.source
        return excerpts.prefix(JournalLimit.parts).prefix { excerpt in
            left -= excerpt.source.data.count + 64 * min(excerpt.ranges.count, JournalLimit.ranges)
            return left >= 0
        }
    }
}

extension BuildResult {
    /// Whether an exporter's answer is kept: names and digests of images, and nothing that tells values of arguments,
    /// as provenance does and the information about the build that older engines answer with.
    private static func isKept(_ name: String) -> Bool {
        name == "image.name" || name.hasPrefix("containerimage.") && !name.hasPrefix("containerimage.buildinfo")
    }

    /// What the exporters said of the image, sorted, as far as it fits in a line; some answer with whole descriptors.
    fileprivate var responseWithinLimits: [(key: String, value: String)] {
        var left = JournalLimit.response
        return exporterResponse.sorted { JSON.precedes($0.key, $1.key) }.filter { name, value in
            let size = name.utf8.count + value.utf8.count
            guard Self.isKept(name), size <= min(left, JournalLimit.name) else { return false }
            left -= size
            return true
        }
    }
}

extension BuildError.Code {
    private static let names: [(name: String, code: Self)] = [
        ("usage", .usage), ("unsupported", .unsupported), ("engine", .engine), ("step", .step), ("output", .output),
        ("deadline", .deadlineExceeded), ("cancelled", .cancelled),
    ]

    /// The word that stands for it in a journal.
    var journalName: String { Self.names.first { $0.code == self }?.name ?? "engine" }

    /// Reads the word; nil for one that is unknown.
    init?(journalName: String) {
        guard let code = Self.names.first(where: { $0.name == journalName })?.code else { return nil }
        self = code
    }
}
