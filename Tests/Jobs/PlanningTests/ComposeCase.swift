import CaissonJSON
@testable import CaissonPlanning
import CaissonText
import FoundationEssentials

/// One case of `Fixtures/compose`, whose form `Scripts/record-compose` describes.
struct ComposeCase: Sendable, CustomStringConvertible {
    var name: String
    var files: [String: [UInt8]] = [:]
    var environment: [String: String] = ["PATH": "/usr/bin:/bin", "HOME": "/home/user"]
    var order = ["compose.yaml"]
    /// What is expected of us: JSON as the peer prints it, or nil where the files are refused.
    var expected: JSON?
    /// Whether that differs from what the peer does.
    var differs = false
    /// Whether a case that differs says why.
    var saysWhy = false
    /// What the peer does, as it was recorded.
    var peer = ""

    var description: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/compose").path

    static func all() throws -> [ComposeCase] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".txt") }.sorted().map {
            try ComposeCase(name: String($0.dropLast(4)), path: "\(folder)/\($0)")
        }
    }

    init(name: String, path: String) throws {
        self.name = name
        let bytes = try Data(contentsOf: URL(filePath: path))
        var answers: [String: String] = [:]
        for section in Self.sections(Array(bytes)) {
            let head = String(decoding: section.prefix { $0 != 0x0A }, as: UTF8.self)
            let body = Array(section.dropFirst(head.utf8.count + 1))
            let (kind, name) = head.cut(at: " ") ?? (head, "")
            let text = String(decoding: body, as: UTF8.self)
            switch kind {
            case "file": files[name] = body
            case "open": files[name] = Array(body.dropLast())
            case "environment":
                for line in text.pieces(at: "\n") {
                    if let (key, value) = line.cut(at: "=") { environment[key] = value }
                }
            case "order": order = text.pieces(at: "\n").filter { !$0.isEmpty }
            case "ours", "expected": answers[kind] = text
            case "differs": saysWhy = !name.isEmpty
            default: continue
            }
        }
        let answer = answers["ours"] ?? answers["expected"] ?? ""
        differs = answers["ours"] != nil
        peer = answers["expected"] ?? ""
        expected = answer.hasPrefix("refused") ? nil : try JSON(parsing: Array(answer.utf8))
    }

    /// The texts between lines that begin with `== `, each with its end of line.
    private static func sections(_ bytes: [UInt8]) -> [[UInt8]] {
        var sections: [[UInt8]] = []
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if line.starts(with: "== ".utf8) {
                sections.append(Array(line.dropFirst(3)) + [0x0A])
            } else if !sections.isEmpty {
                sections[sections.count - 1] += Array(line) + [0x0A]
            }
        }
        // The last line's end begins one more, which isn't there.
        if let last = sections.indices.last { sections[last].removeLast() }
        return sections
    }

    /// What the case is loaded from, with other bytes for its files where such are given.
    func sources(changing: (String, [UInt8]) -> [UInt8] = { $1 }) -> ComposeSources {
        let sorted = files.sorted { $0.key < $1.key }
        let changed = Dictionary(uniqueKeysWithValues: sorted.map { ($0.key, changing($0.key, $0.value)) })
        return Self.sources(changed, order: order, environment)
    }

    /// Sources of some files, of which `compose.yaml` is the one that is loaded.
    static func sources(_ files: [String: String], _ environment: [String: String] = [:]) -> ComposeSources {
        sources(files.mapValues { Array($0.utf8) }, order: ["compose.yaml"], environment)
    }

    private static func sources(
        _ files: [String: [UInt8]],
        order: [String],
        _ environment: [String: String]
    ) -> ComposeSources {
        ComposeSources(
            files: order.map { ComposeSources.File(name: $0, bytes: files[$0] ?? []) },
            environment: environment,
            home: "/home/user"
        ) { path, limit in
            if let bytes = files[path] { return bytes.count > limit ? .tooLarge : .bytes(bytes) }
            return files.keys.contains { $0.hasPrefix(path + "/") } ? .directory : .missing
        }
    }
}

extension ComposeProject {
    /// What bake prints of the targets.
    func printed() throws -> JSON {
        let plan = try BakePlan(BakeConfiguration(self), inputs: BakeInputs(localPlatform: "linux/amd64"))
        try plan.checkTargets()
        return plan.printed.sorted
    }
}

extension JSON {
    /// The value with the members of objects in the order of their names, and limits, which the peer prints in any order, sorted.
    var sorted: JSON {
        switch self {
        case .array(let values): .array(values.map(\.sorted))
        case .object(let members):
            .object(
                members.map { member in
                    let value = member.value.sorted
                    guard member.name == "ulimits", let items = value.array else {
                        return JSONMember(member.name, value)
                    }
                    return JSONMember("ulimits", .array(items.sorted { ($0.string ?? "") < ($1.string ?? "") }))
                }.sorted { JSON.precedes($0.name, $1.name) }
            )
        default: self
        }
    }
}
