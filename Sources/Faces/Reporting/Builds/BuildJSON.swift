import CaissonBuildModel
package import CaissonJSON

/// Builds as JSON; the keys of a build are those of `BuildField`.
extension BuildRecord {
    /// The build in a line.
    package var json: JSON { .object(BuildField.allCases.map { JSONMember($0.rawValue, $0.value(of: self)) }) }
}

extension BuildDossier {
    /// The build in whole: the keys of a line, and behind them `stepList`, `artifacts`, `remarks`, `error`, `request`,
    /// `dependencies` and `fingerprint`.
    ///
    /// - A step has `number`, `digest`, `name`, `inputs` (numbers of steps), `started`, `completed`, `duration`, `cached`, `error`,
    ///   `logSize`.
    /// - An artifact has `kind` (`image`, `file`, `directory`, `standard-output` or `cache`) and `name`.
    /// - A remark has `time` and `text`.
    /// - An error has `code`, `message`, `step`, `exitCode` and `places`, each of which has `file`, `startLine` and `endLine`; it is
    ///   `null` where there is none.
    /// - A request has the other parts of what was asked for, each only where it says something: `args`, `labels`,
    ///   `contexts`, `secrets` and `ssh` (ids), `outputs`, `cache-from`, `cache-to`, `allow`, `no-cache`,
    ///   `no-cache-filter`, `pull`, `network`. Values that look like secrets aren't in it.
    /// - Dependencies are the names of the targets of its batch that it waits for. The fingerprint is a digest of what it
    ///   was made from, or `null`.
    package var json: JSON {
        .object(
            (record.json.members ?? []) + [
                JSONMember("stepList", .array(steps.map(\.json))),
                JSONMember("artifacts", .array(artifacts.map(\.json))),
                JSONMember("remarks", .array(remarks.map(\.json))),
                JSONMember("error", error?.json ?? .null),
                JSONMember("request", record.submission.request),
                JSONMember("dependencies", .texts(record.submission.dependencies)),
                JSONMember("fingerprint", .text(record.submission.fingerprint)),
            ]
        )
    }
}

extension BuildSubmission.Membership {
    var json: JSON {
        .object([
            JSONMember("id", .text(id.description)), JSONMember("place", .count(place)),
            JSONMember("count", .count(count)),
        ])
    }
}

extension MachineNeeds {
    var json: JSON {
        .object([
            JSONMember("processors", milliprocessors.map { .number(String(Double($0) / 1000)) } ?? .null),
            JSONMember("memory", .count(memory)), JSONMember("disk", .count(disk)),
            JSONMember("network", network.map { .bool($0) } ?? .null),
        ])
    }
}

extension ImageArtifact {
    var json: JSON {
        .object([
            JSONMember("names", .texts(names)), JSONMember("digest", .text(digest)), JSONMember("id", .text(id)),
            JSONMember("pushed", .bool(isPushed)),
        ])
    }
}

extension StepRecord {
    var json: JSON {
        .object([
            JSONMember("number", .count(number)),
            JSONMember("digest", .text(digest)),
            JSONMember("name", .text(name)),
            JSONMember("inputs", .array(inputs.map { .count($0) })),
            JSONMember("started", .text(started?.rfc3339)),
            JSONMember("completed", .text(completed?.rfc3339)),
            JSONMember("duration", .seconds(duration)),
            JSONMember("cached", .bool(isCached)),
            JSONMember("error", .text(error.isEmpty ? nil : error)),
            JSONMember("logSize", .count(logSize)),
        ])
    }
}

extension BuildArtifact {
    var json: JSON {
        let (kind, name): (String, String?) =
            switch self {
            case .image(let image): ("image", image.names.first ?? image.digest ?? image.id)
            case .file(let path): ("file", path)
            case .directory(let path): ("directory", path)
            case .standardOutput: ("standard-output", nil)
            case .cache(let name): ("cache", name)
            }
        return .object([JSONMember("kind", .text(kind)), JSONMember("name", .text(name))])
    }
}

extension BuildRemark {
    var json: JSON { .object([JSONMember("time", .text(time.rfc3339)), JSONMember("text", .text(text))]) }
}

extension BuildError {
    var json: JSON {
        let places = excerpts.flatMap { excerpt in
            excerpt.ranges.map { range in
                JSON.object([
                    JSONMember("file", .text(excerpt.source.filename)),
                    JSONMember("startLine", .count(range.startLine)), JSONMember("endLine", .count(range.endLine)),
                ])
            }
        }
        return .object([
            JSONMember("code", .text(code.word)),
            JSONMember("message", .text(message)),
            JSONMember("step", .text(step.flatMap { $0.name.isEmpty ? nil : $0.name })),
            JSONMember("exitCode", .count(step?.exitCode)),
            JSONMember("places", .array(places)),
        ])
    }
}

extension BuildError.Code {
    /// Its name in JSON and XML.
    var word: String {
        switch self {
        case .usage: "usage"
        case .unsupported: "unsupported"
        case .engine: "engine"
        case .step: "step"
        case .output: "output"
        case .deadlineExceeded: "timeout"
        case .cancelled: "cancelled"
        }
    }
}
