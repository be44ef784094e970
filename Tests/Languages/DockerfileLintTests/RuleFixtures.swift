import CaissonDockerfile
@testable import CaissonDockerfileLint
import FoundationEssentials
import CaissonIgnoreFile

/// The examples of one rule, from `Fixtures/lint/rules/RULE.txt`.
///
/// A section begins with `== bad PLACES | OPTIONS` or `== good | OPTIONS`; places are `line:column-line:column`, the end
/// after the last character. With RECORD=1 in the environment the places are written, and the test fails.
struct RuleFixture {
    /// One example.
    struct Case {
        var kind: String
        var places: String
        var options: String
        var text: String
    }

    var rule: String
    var path: String
    var cases: [Case] = []

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/lint").path

    static func all() throws -> [RuleFixture] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/rules").sorted().map { name in
            try RuleFixture(rule: String(name.dropLast(4)), path: "\(folder)/rules/\(name)")
        }
    }

    init(rule: String, path: String) throws {
        self.rule = rule
        self.path = path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for section in ("\n" + text).components(separatedBy: "\n== ").dropFirst() {
            let head = section.prefix { $0 != "\n" }
            let parts = head.components(separatedBy: " | ")
            let words = parts[0].split(separator: " ", maxSplits: 1).map(String.init)
            let body = section.dropFirst(head.count + 1)
            cases.append(
                Case(
                    kind: words[0],
                    places: words.count > 1 ? words[1] : "",
                    options: parts.count > 1 ? parts[1] : "",
                    text: body.hasSuffix("\n") ? String(body) : body + "\n"
                )
            )
        }
    }

    func write() throws {
        var out = ""
        for example in cases {
            out += "== \(example.kind)\(example.places.isEmpty ? "" : " " + example.places)"
            out += "\(example.options.isEmpty ? "" : " | " + example.options)\n\(example.text)"
        }
        try out.write(toFile: path, atomically: true, encoding: .utf8)
    }
}

extension RuleFixture.Case {
    /// What the rule found, as places.
    func found(_ rule: String) throws -> [Finding] {
        try linter(for: rule).lint(Dockerfile(parsing: text), name: "Dockerfile").findings.filter { $0.rule == rule }
    }

    /// A linter that the options of the example and the rule's own needs set up.
    func linter(for rule: String) throws -> Linter {
        var configuration = LintConfiguration()
        if let found = Rules.named(rule), found.isOptional || found.severity == .ignore {
            configuration.severities[rule] = .info
        }
        configuration.disablesPragmas = true
        for option in options.split(separator: " ") {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            switch parts[0] {
            case "ignore":
                configuration.rules.ignored = try IgnoreFile(parsing: Array(parts[1].utf8)).matcher()
                configuration.rules.hasIgnoreFile = true
            case "noignore": configuration.rules.hasIgnoreFile = false
            case "trusted": configuration.rules.trustedRegistries = [parts[1]]
            case "strict": configuration.rules.strictLabels = true
            case "labels":
                let pair = parts[1].split(separator: ":").map(String.init)
                configuration.rules.labelSchema[pair[0]] = LabelType(rawValue: pair[1])
            default: break
            }
        }
        if rule == "InvalidBaseImagePlatform" {
            configuration.rules.imagePlatforms = ["example.com/amd64-only:1": ["linux/amd64"]]
        }
        return Linter(configuration)
    }
}

extension Finding {
    /// `line:column-line:column`.
    var place: String { "\(start.line):\(start.column)-\(end.line):\(end.column)" }
}
