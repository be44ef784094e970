import CaissonJSON
import CaissonText
import FoundationEssentials
import Testing

@testable import CaissonPlanning

/// A case of Fixtures/bake: files, arguments, environment, and what docker-buildx answers to them.
struct BakeCase: Sendable, CustomTestStringConvertible {
    /// An answer: what is printed, or why something is refused.
    struct Answer: Sendable {
        var kind: String
        var text: String
    }

    var name: String
    var files: [BakeFile] = []
    var environment: [String: String] = [:]
    var arguments: [String] = []
    /// What the peer answers.
    var answer: Answer?
    /// What we answer, where that differs.
    var ours: Answer?
    /// Why we differ.
    var reason: String?

    var testDescription: String { name }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// All cases, sorted by name; a folder's cases bear its name before theirs.
    static func all() throws -> [BakeCase] {
        let folder = root.appending(path: "Fixtures/bake")
        var cases: [BakeCase] = []
        for topic in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: topic).path).sorted()
            for name in names where name.hasSuffix(".txt") {
                let data = try Data(contentsOf: folder.appending(path: "\(topic)/\(name)"))
                cases.append(BakeCase("\(topic)/\(name.dropLast(4))", String(decoding: data, as: UTF8.self)))
            }
        }
        return cases
    }

    /// Reads a case; `Scripts/lib/bake-compare.py` tells its form.
    init(_ name: String, _ text: String) {
        self.name = name
        var section: String?
        var lines: [String] = []
        for line in text.pieces(at: "\n") {
            if line.hasPrefix("--- ") {
                end(section, lines)
                section = String(line.dropFirst(4))
                lines = []
            } else if section == nil {
                head(line)
            } else {
                lines.append(line)
            }
        }
        end(section, lines)
    }

    private mutating func head(_ line: String) {
        let text = String(line.dropFirst(2))
        if line.hasPrefix("$ "), let (name, value) = text.cut(at: "=") {
            environment[name] = value
        } else if line.hasPrefix("@ ") {
            arguments += ShellWords(text).all
        } else if line.hasPrefix("! ") {
            reason = text
        }
    }

    private mutating func end(_ section: String?, _ lines: [String]) {
        guard let section else { return }
        let body = lines.last == "" ? lines.dropLast() : lines[...]
        let text = body.map { $0 + "\n" }.joined()
        if ["printed", "listed", "refused"].contains(section) {
            answer = Answer(kind: section, text: text)
        } else if section.hasPrefix("ours ") {
            ours = Answer(kind: String(section.dropFirst(5)), text: text)
        } else {
            files.append(BakeFile(name: section, bytes: Array(text.utf8)))
        }
    }
}

// MARK: - Running a case

extension BakeCase {
    /// What a command with these arguments would do.
    struct Command {
        var files: [String] = []
        var names: [String] = []
        var flags = BakeFlags()
        var variables: [String: String] = [:]
        var list: String?

        init(_ arguments: [String]) throws {
            var rest = arguments[...]
            while let word = rest.popFirst() {
                guard word.hasPrefix("-") else {
                    names.append(word)
                    continue
                }
                let (flag, value) = word.cut(at: "=").map { ($0, $1 as String?) } ?? (word, nil)
                try set(flag, value, &rest)
            }
        }

        private mutating func set(_ flag: String, _ value: String?, _ rest: inout ArraySlice<String>) throws {
            func next() throws -> String { try #require(value ?? rest.popFirst(), "a value for \(flag)") }
            switch flag {
            case "-f": files.append(try next())
            case "--set": flags.set.append(try next())
            case "--policy": flags.policies.append(try next())
            case "--sbom": flags.sbom = try next()
            case "--provenance": flags.provenance = try next()
            case "--call": flags.call = value == "build" ? nil : try next()
            case "--check": flags.call = "lint"
            case "--push": flags.push = true
            case "--load": flags.load = true
            case "--no-cache": flags.noCache = value != "false"
            case "--pull": flags.pull = value != "false"
            case "--list": list = try next()
            case "--var":
                let (name, text) = try #require(try next().cut(at: "="))
                if name.isEmpty { throw CancellationError() }
                variables[name] = text
            default: Issue.record("the test knows no \(flag)")
            }
        }
    }

    /// What we answer.
    func run() -> Answer {
        do {
            let command = try Command(arguments)
            let inputs = BakeInputs(
                localPlatform: "linux/amd64",
                environment: environment,
                variables: command.variables
            )
            let configuration = try BakeConfiguration(reading: chosen(command), inputs: inputs)
            if let list = command.list {
                return Answer(kind: "listed", text: try BakeListing(parsing: list).text(of: configuration))
            }
            let plan = try BakePlan(configuration, names: command.names, flags: command.flags, inputs: inputs)
            try plan.checkTargets()
            return Answer(kind: "printed", text: plan.printed.goText())
        } catch {
            return Answer(kind: "refused", text: "\(error)")
        }
    }

    private func chosen(_ command: Command) -> [BakeFile] {
        let names = command.files.isEmpty ? BakeFile.defaultNames : command.files
        return names.compactMap { name in files.first { $0.name == name } }
    }
}

extension BakeCase.Answer {
    /// What counts of an answer: the order of names in groups doesn't, nor why something is refused.
    var normal: String {
        if kind == "refused" { return kind }
        guard let json = try? JSON(parsing: Array(text.utf8)) else { return text }
        return "\(kind) \(Self.sorted(json, path: []).goText())"
    }

    private static func sorted(_ json: JSON, path: [String]) -> JSON {
        if let members = json.members {
            let inner = members.map { JSONMember($0.name, sorted($0.value, path: path + [$0.name])) }
            return .object(inner.sorted { JSON.precedes($0.name, $1.name) })
        }
        if json == .null, path.first == "group" { return .array([]) }
        guard let values = json.array else { return json }
        guard path.first == "group", path.last == "targets" else {
            return .array(values.map { sorted($0, path: path) })
        }
        return .array(values.sorted { ($0.string ?? "") < ($1.string ?? "") })
    }
}
