import CaissonBuildModel
import CaissonJSON

extension BatchReport {
    /// The batch as JSON; all keys are always there, and what isn't known is `null`.
    ///
    /// - The whole has `command` (the arguments), `started`, `duration`, `counts` (`total`, and of each status) and `builds`.
    /// - A build has `name`, `status`, `reason`, `id`, `started`, `duration`, `attempts`, `steps`, `cachedSteps`, `images` (each with
    ///   `names`, `digest`, `id`, `pushed`), `imageSize` and `error`.
    /// - An error has `code` (`step`, `engine`, `output`, `timeout`, `usage`, `unsupported`, `cancelled`), `message`, `step`, `exitCode`
    ///   and `log`, the last lines.
    ///
    /// Spans are seconds, points of time are as RFC 3339 has them, sizes are bytes.
    var json: JSON {
        .object([
            JSONMember("command", .texts(command)),
            JSONMember("started", .text(started.rfc3339)),
            JSONMember("duration", .seconds(duration)),
            JSONMember("counts", .object(counts)),
            JSONMember("builds", .array(entries.map(\.json))),
        ])
    }

    private var counts: [JSONMember] {
        [JSONMember("total", .count(entries.count))]
            + BuildStatus.allCases.map { JSONMember($0.rawValue, .count(count($0))) }
    }
}

extension BatchReport.Entry {
    fileprivate var json: JSON {
        .object([
            JSONMember("name", .text(name)),
            JSONMember("status", .text(status.rawValue)),
            JSONMember("reason", .text(reason)),
            JSONMember("id", .text(id?.description)),
            JSONMember("started", .text(started?.rfc3339)),
            JSONMember("duration", .seconds(duration)),
            JSONMember("attempts", .count(attempts)),
            JSONMember("steps", .count(steps)),
            JSONMember("cachedSteps", .count(cachedSteps)),
            JSONMember("images", .array(images.map(\.json))),
            JSONMember("imageSize", .count(imageSize)),
            JSONMember("error", failure?.json ?? .null),
        ])
    }
}

extension BatchReport.Failure {
    fileprivate var json: JSON {
        .object([
            JSONMember("code", .text(code.word)),
            JSONMember("message", .text(message)),
            JSONMember("step", .text(step)),
            JSONMember("exitCode", .count(exitCode)),
            JSONMember("log", .texts(log)),
        ])
    }
}
