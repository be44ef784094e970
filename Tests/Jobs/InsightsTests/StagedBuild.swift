import CaissonBuildModel
import CaissonJSON

/// A build of a small Dockerfile, changed here and there; digests are made as BuildKit makes them.
struct StagedBuild {
    var names = [
        "[internal] load build definition from Dockerfile",
        "[internal] load build context",
        "[build 1/5] FROM docker.io/library/base:1@sha256:aa",
        "[build 2/5] RUN echo hi",
        "[build 3/5] COPY src src",
        "[build 4/5] RUN make",
        "[build 5/5] RUN --mount=type=bind,source=docs,target=/docs ls /docs",
        "[stage-1 2/2] COPY --from=build /size /size",
        "exporting to image",
    ]
    var inputs: [[Int]] = [[], [], [], [3], [4, 2], [5], [6, 2], [3, 7], []]
    var arguments: [String: String] = [:]
    var request: [JSONMember] = []
    /// What else is a part of the definition of a step, by its number.
    var environment: [Int: String] = [:]
    var engine: String? = "dockerd 28 at unix:///e.sock"
    var changes: [ContextChange] = []
    var omitted = 0
    var since: Int?
    var target: String?
    var platforms: [String] = []

    static func id(_ number: Int) -> BuildID {
        let digits = String(number)
        return BuildID(String(repeating: "0", count: 25 - digits.count) + digits) ?? BuildID()
    }

    /// A build: each step has a mark, `R` for one that ran, `C` cached, `F` failed, `N` never begun.
    static func make(_ number: Int, _ marks: String, edit: (inout StagedBuild) -> Void = { _ in }) -> BuildDossier {
        var plan = StagedBuild()
        plan.since = number > 1 ? number - 1 : nil
        edit(&plan)
        let start = Int64(number) * 1000
        var submission = BuildSubmission(id(number), .build, at: Timestamp(seconds: start))
        let arguments = plan.arguments.isEmpty ? [] : [JSONMember("args", JSON(plan.arguments))]
        submission.request = .object(plan.request + arguments)
        (submission.target, submission.platforms) = (plan.target, plan.platforms)
        var record = BuildRecord(submission)
        record.engine = plan.engine
        record.status = marks.contains("F") ? .failed : .succeeded
        record.started = Timestamp(seconds: start)
        record.ended = Timestamp(seconds: start + 100)
        var dossier = BuildDossier(record)
        dossier.steps = plan.steps(number, Array(marks))
        var context = ContextChanges(of: "context", files: 3, since: plan.since.map(id))
        (context.changes, context.omitted) = (plan.changes, plan.omitted)
        dossier.contexts = [context]
        return dossier
    }

    private func steps(_ number: Int, _ marks: [Character]) -> [StepRecord] {
        names.indices.map { place in
            var step = StepRecord(place + 1, digest: digest(place + 1, number, 0), name: names[place])
            step.inputs = place < inputs.count ? inputs[place] : []
            let mark = place < marks.count ? marks[place] : "R"
            if mark != "N" { step.started = Timestamp(seconds: Int64(number) * 1000 + Int64(place)) }
            if mark == "C" || mark == "R" || mark == "F" {
                step.completed = Timestamp(seconds: Int64(number) * 1000 + Int64(place) + 2)
            }
            step.isCached = mark == "C"
            if mark == "F" { step.error = "exit code: 1" }
            return step
        }
    }

    private func digest(_ step: Int, _ number: Int, _ depth: Int) -> String {
        guard step >= 1, step <= names.count, depth < 8 else { return "" }
        let name = names[step - 1]
        if name.hasSuffix("load build context") || name.hasSuffix("load from client") { return "unique \(number)" }
        let below = (step <= inputs.count ? inputs[step - 1] : []).map { digest($0, number, depth + 1) }
        let text = name.split(separator: "] ").last ?? ""
        return "(\(text) \(environment[step] ?? "") \(below.joined(separator: " ")))"
    }
}

extension ContextChange {
    static func at(_ path: String, _ before: UInt64? = 1, _ after: UInt64? = 2) -> ContextChange {
        ContextChange(.content, path, before: before, after: after)
    }
}

extension CacheRemoval {
    static func at(
        _ time: Int64,
        _ descriptions: [String],
        count: Int,
        engine: String = "unix:///e.sock"
    ) -> CacheRemoval {
        var removal = CacheRemoval(from: engine, by: "caisson cache prune", at: Timestamp(seconds: time))
        (removal.descriptions, removal.count) = (descriptions, count)
        return removal
    }
}
