import CaissonBuildModel
import CaissonHCL
import CaissonJSON
import CaissonText
import FoundationEssentials
import Testing

@testable import CaissonPlanning

/// A case of Fixtures/manifest: a manifest, what is asked of it, and the answer.
///
/// ```
/// $ NAME=VALUE          a variable of the environment
/// @ NAME …              what is asked for
/// --- caisson.yaml
/// …
/// --- answer
/// …
/// ```
/// With `RECORD=1` the answers are written anew, and the test fails.
struct ManifestCase: Sendable, CustomTestStringConvertible {
    var name: String
    var environment: [String: String] = [:]
    var names: [String] = []
    var head = ""
    var text = ""
    var answer = ""

    var testDescription: String { name }
    /// Whether the manifest is meant to be refused.
    var isBad: Bool { name.hasPrefix("bad-") }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/manifest")

    /// All cases, sorted by name.
    static func all() throws -> [ManifestCase] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().filter { $0.hasSuffix(".txt") }
            .map { name in
                let data = try Data(contentsOf: folder.appending(path: name))
                return ManifestCase(String(name.dropLast(4)), String(decoding: data, as: UTF8.self))
            }
    }

    private init(_ name: String, _ text: String) {
        self.name = name
        let (head, rest) = text.divided(by: "--- caisson.yaml\n")
        self.head = head
        (self.text, answer) = rest.divided(by: "--- answer\n")
        for line in head.pieces(at: "\n") {
            let argument = String(line.dropFirst(2))
            if line.hasPrefix("$ "), let (name, value) = argument.cut(at: "=") { environment[name] = value }
            if line.hasPrefix("@ ") { names += argument.pieces(at: " ") }
        }
    }

    /// Writes the case with an answer.
    func record(_ answer: String) throws {
        let all = "\(head)--- caisson.yaml\n\(text)--- answer\n\(answer)"
        try Data(all.utf8).write(to: Self.folder.appending(path: "\(name).txt"))
    }

    var file: BakeFile { BakeFile(name: "caisson.yaml", bytes: Array(text.utf8)) }
    var inputs: BakeInputs { BakeInputs(localPlatform: "linux/amd64", environment: environment) }

    /// What we answer: the plan, or everything that is wrong.
    func run() -> String {
        do {
            let manifest = try Manifest(reading: file, inputs: inputs)
            return try manifest.plan(names: names, inputs: inputs).shown
        } catch {
            return "\(error)\n"
        }
    }
}

extension String {
    fileprivate func divided(by mark: String) -> (String, String) {
        guard let range = range(of: mark) else { return (self, "") }
        return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
    }

    private func range(of mark: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(mark) { return start..<index(start, offsetBy: mark.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension ManifestPlan {
    /// The plan as a text.
    var shown: String {
        var lines = jobs.sorted { $0.key < $1.key }.map { name, job in
            "\(name): \(job.kind)" + job.facts.map { "\n    \($0)" }.joined()
        }
        for (name, targets) in publishedTogether.sorted(by: { $0.key < $1.key }) {
            lines.append("published together: \(name) = \(targets.sorted().joined(separator: ", "))")
        }
        if keepsGoing { lines.append("keeps going") }
        return lines.map { $0 + "\n" }.joined() + targets.printed.goText() + "\n"
    }
}

extension ManifestPlan.Job {
    fileprivate var facts: [String] {
        var facts = dependencies.map { "after \($0.node): \($0.condition)" }
        func add(_ name: String, _ value: (some Any)?) { if let value { facts.append("\(name): \(value)") } }
        add("priority", policy.priority)
        add("timeout", policy.timeout)
        add("silence-timeout", policy.silenceTimeout)
        let causes = policy.retry?.causes.map(\.rawValue).sorted().joined(separator: ", ")
        add("retry", policy.retry.map { "\($0.attempts) times, \($0.delay), \(causes ?? "")" })
        add("cpus", policy.needs.milliprocessors)
        add("memory", policy.needs.memory)
        add("disk", policy.needs.disk)
        add("network", policy.needs.network)
        add("owner", policy.owner)
        add("project", policy.project)
        add("group", policy.group)
        facts += templates.map { "template: \($0)" }
        facts += values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.string ?? "\($0.value.type)")" }
        return facts
    }
}
