import CaissonBuildModel
import CaissonJSON
import CaissonOrchestrator
import CaissonPlanning
import CaissonReporting
import CaissonSystem
import CaissonText
import Glibc

/// A directory without anything, which stands for what isn't built: a question about a target doesn't read its sources.
final class EmptyDirectory: Sendable {
    let path: String

    init(_ environment: [String: String]) throws(BuildError) {
        do throws(TemporaryDirectory.Failure) {
            path = try TemporaryDirectory.make(for: "empty", environment)
        } catch {
            throw BuildError(.output, "\(error)")
        }
    }

    deinit { rmdir(path.cPath) }
}

extension BatchWork {
    /// A line for each target; nil where there is only one, whose progress says all, and where all are
    /// asked about, whose answers say it.
    func summary(of end: BatchEnd) -> BatchSummary? {
        guard plan.nodes.count > 1, plan.nodes.contains(where: { $0.question == nil }) else { return nil }
        let rows = plan.nodes.compactMap { node -> BatchSummary.Row? in
            if let earlier = end.kept[node.name] {
                let detail = earlier.keptReason.rest(after: "kept ")
                return BatchSummary.Row(node.name, .kept, nil, detail: detail ?? "")
            }
            return end.report.nodes[node.name].map { row(node, $0) }
        }
        return BatchSummary(rows)
    }

    /// What a summary file tells of each target.
    func entries(of end: BatchEnd, lastLines: (String, BuildError) -> [String]) -> [BatchReport.Entry] {
        plan.nodes.compactMap { node in
            if let earlier = end.kept[node.name] {
                var entry = BatchReport.Entry(node.name, earlier)
                entry.reason = earlier.keptReason
                return entry
            }
            guard let ended = end.report.nodes[node.name] else { return nil }
            var entry = entry(node, ended)
            if case .failed(let error) = ended.outcome {
                entry.failure = BatchReport.Failure(
                    error.ofNode(node.name),
                    log: lastLines(node.name, error)
                )
            }
            return entry
        }
    }

    private func entry(_ node: BuildPlan.Node, _ end: PlanReport.Node) -> BatchReport.Entry {
        var entry = BatchReport.Entry(node.name, end.outcome.status)
        entry.id = node.request.id
        entry.started = end.started
        entry.duration = end.started == nil ? nil : end.duration
        entry.attempts = end.attempts
        switch end.outcome {
        case .succeeded(let result):
            (entry.steps, entry.cachedSteps) = (result.statistics.steps, result.statistics.cachedSteps)
            entry.imageSize = result.statistics.imageSize
            let names = node.request.tags.map(\.familiar)
            if result.digest != nil || result.imageID != nil {
                entry.images = [
                    ImageArtifact(names: names, digest: result.digest, id: result.imageID, isPushed: false)
                ]
            }
        case .skipped(let reason): entry.reason = reason
        case .answered, .cancelled, .failed: break
        }
        return entry
    }

    private func row(_ node: BuildPlan.Node, _ end: PlanReport.Node) -> BatchSummary.Row {
        let duration = end.started == nil ? nil : end.duration
        switch end.outcome {
        case .succeeded(let result):
            let tags = node.request.tags.map(\.familiar)
            let isForOthers = builds.bake.targets[node.name]?.isLinked ?? false
            return BatchSummary.Row(node.name, result, end.duration, tags: tags, isForOthers: isForOthers)
        case .answered: return BatchSummary.Row(node.name, .answered, duration)
        case .failed(let error):
            return BatchSummary.Row(node.name, .failed, duration, detail: error.ofNode(node.name).message)
        case .skipped(let reason): return BatchSummary.Row(node.name, .skipped, duration, detail: reason)
        case .cancelled: return BatchSummary.Row(node.name, .stopped, duration)
        }
    }

    /// What `--metadata-file` gets: the exporters' answers by target, as docker buildx bake has them.
    func metadata(of end: BatchEnd) -> JSON {
        var values = end.kept.mapValues { Metadata.value(of: $0.result) }
        for (name, node) in end.report.nodes {
            if case .succeeded(let result) = node.outcome { values[name] = Metadata.value(of: result) }
        }
        if !warningsKept.isEmpty {
            values["buildx.build.warnings"] = Metadata.value(of: Metadata.text(of: warningsKept))
        }
        return JSON(values)
    }

    /// What `--quiet` prints: the targets and their images' ids.
    func identifiers(of end: BatchEnd) -> String {
        let lines = plan.nodes.compactMap { node -> String? in
            guard let result = end.kept[node.name]?.result ?? end.report.nodes[node.name]?.outcome.succeeded,
                let id = result.imageID ?? result.digest
            else { return nil }
            return plan.nodes.count == 1 ? SafeText.line(id) : "\(node.name) \(SafeText.line(id))"
        }
        return lines.map { $0 + "\n" }.joined()
    }
}

/// What front ends said of the targets that were asked about instead of being built.
struct BatchAnswers {
    private let work: BatchWork
    private let answers: [(name: String, question: BuildQuestion, answer: BuildAnswer)]

    init(_ work: BatchWork, _ report: PlanReport) {
        self.work = work
        answers = work.plan.nodes.sorted { $0.name < $1.name }.compactMap { node in
            guard let question = node.question, case .answered(let answer)? = report.nodes[node.name]?.outcome else {
                return nil
            }
            return (node.name, question, answer)
        }
    }

    var isEmpty: Bool { answers.isEmpty }

    /// Whether no check found anything.
    var areGood: Bool { answers.allSatisfy(\.answer.isGood) }

    /// For people: each target's name and what it is, then the answer.
    var text: String {
        answers.map { name, question, answer in
            let description = work.builds.bake.targets[name]?[.description]?.text ?? ""
            let head = description.isEmpty ? "\(name)\n" : "\(name)\n\(SafeText.line(description))\n"
            let failure = question == .check ? CheckAnswer(answer).failure.map { ErrorText.of($0) } : nil
            return head + "\n" + FrontendQuestion(question: question, isJSON: false).text(answer) + (failure ?? "")
        }.joined(separator: "\n")
    }

    /// The groups and targets as `--print` has them, with the answers beside.
    var json: String {
        var targets: [String: JSON] = [:]
        for (name, target) in work.builds.bake.targets {
            targets[name] = .object([JSONMember("build", target.printed)])
        }
        for (name, question, answer) in answers {
            let build = work.builds.bake.targets[name]?.printed ?? .null
            let value = (try? JSON(parsing: answer.json)) ?? .string(answer.text)
            targets[name] = .object([JSONMember("build", build), JSONMember(question.rawValue, value)])
        }
        var members: [JSONMember] = []
        if let groups = work.builds.bake.printed["group"] { members.append(JSONMember("group", groups)) }
        members.append(JSONMember("target", JSON(targets)))
        return JSON.object(members).goText() + "\n"
    }
}
