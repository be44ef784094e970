import CaissonDockerfile
@testable import CaissonDockerfileLint
import FoundationEssentials
import Testing

/// What BuildKit refuses and accepts, from `Fixtures/lint/refusals`, whose head says how it is written.
struct Refusal: Sendable, CustomTestStringConvertible {
    /// The line of the finding; nil where there must be none.
    var line: Int?
    var written: String

    var testDescription: String { "\(line.map { "refused \($0)" } ?? "accepted") \(written.prefix(100))" }

    /// All of one file.
    static func all(in name: String) throws -> [Refusal] {
        let text = try String(contentsOfFile: "\(RuleFixture.folder)/refusals/\(name)", encoding: .utf8)
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { row in
            let parts = row.components(separatedBy: " | ")
            let line = Int(parts[0].drop { !$0.isNumber }.prefix { $0.isNumber })
            return Refusal(line: line, written: parts.dropFirst().joined(separator: " | "))
        }
    }

    /// The Dockerfile.
    var file: Dockerfile {
        var text = written.hasPrefix(":") ? String(written.dropFirst()) : "FROM scratch␤" + written
        let signs = ["␤": "\n", "␍": "\r", "<TAB>": "\t", "<NBSP>": "\u{A0}", "<BOM>": "\u{FEFF}"]
        for (sign, meaning) in signs { text = text.components(separatedBy: sign).joined(separator: meaning) }
        guard text.contains("*") else { return Dockerfile(parsing: Array(text.utf8)) }
        text = text.replacing(#/<(.)\*(\d+)>/#) { String(repeating: String($0.1), count: Int($0.2) ?? 0) }
        return Dockerfile(parsing: Array(text.utf8))
    }
}

@Suite("Refusals")
struct RefusalTests {
    static func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: RuleFixture.folder + "/refusals").sorted()
    }

    @Test("There are 200 and more of either kind")
    func counts() throws {
        let all = try Self.files().flatMap(Refusal.all)
        #expect(all.count { $0.line != nil } >= 200)
        #expect(all.count { $0.line == nil } >= 200)
    }

    @Test("DL1000 is found where BuildKit refuses, in that line, and nowhere else", arguments: try files())
    func verdicts(_ name: String) throws {
        let linter = Linter()
        for refusal in try Refusal.all(in: name) {
            let findings = linter.lint(refusal.file, name: "x").findings.filter { $0.code == "DL1000" }
            let lines = findings.map(\.start.line)
            if let line = refusal.line {
                #expect(lines.contains(line), "\(refusal.testDescription): \(findings.map(\.message))")
            } else {
                #expect(lines.isEmpty, "\(refusal.testDescription): \(findings.map(\.message))")
            }
            #expect(findings.allSatisfy { $0.severity == .error })
        }
    }

    @Test(
        "Nothing is said of what a base image or a build argument may set",
        arguments: [
            "FROM a\nEXPOSE $PORT/tcp", "FROM a\nSTOPSIGNAL $S", "FROM a\nENV B=${A:?no}", "FROM a\nVOLUME $V",
            "FROM a\nRUN --mount=type=cache,target=$T x", "FROM a\nRUN --mount=type=cache x", "ARG X\nFROM $X",
            "FROM a\nRUN --mount=type=$T,target=/x,mode=1 y", "FROM scratch\nARG S\nSTOPSIGNAL $S",
            "ARG P\nFROM --platform=$P a", "ARG P\nFROM a\nARG P\nEXPOSE $P/tcp", "FROM a\nCOPY --chmod=$M a b",
            "FROM a\nADD --checksum=$SUM https://example.com/a /a",
            "FROM scratch\nENV $X=1\nARG Y\nENV $Y=2\nEXPOSE $Z/tcp",
            "FROM a AS b\nFROM b\nEXPOSE $PORT/tcp", "FROM --platform=linux/arm/$TARGETVARIANT a",
            "FROM a\nWORKDIR $D\nRUN --mount=type=bind,target=. x", "FROM a\nCOPY $SRC b",
            "ARG B\nFROM $B\nEXPOSE $P/tcp",
        ]
    )
    func unknown(_ text: String) {
        let findings = Linter().lint(Dockerfile(parsing: text + "\n"), name: "x").findings
        #expect(!findings.contains { $0.code == "DL1000" }, "\(findings.map(\.message))")
    }

    @Test("A front end that `# syntax=` names knows flags that the engine's own does not")
    func frontEnds() {
        for (flags, isFine) in [
            ("COPY --parents a b", true), ("COPY --parents=x a b", false), ("RUN --security=insecure x", true),
            ("RUN --security=foo x", false), ("RUN --device=a x", true), ("RUN --device=a,b x", false),
        ] {
            let text = "FROM scratch\n\(flags)\n"
            #expect(!Dockerfile(parsing: text).problems.isEmpty, "\(flags)")
            let own = Dockerfile(parsing: "# syntax=docker/dockerfile:1-labs\n" + text)
            #expect(own.problems.isEmpty == isFine, "\(flags)")
        }
    }

    @Test("What BuildKit refuses only once it has read a file leaves the fixes of other rules as they are")
    func fixes() {
        let file = Dockerfile(parsing: "FROM a:1 as b\nEXPOSE 99999\n")
        let findings = Linter().lint(file, name: "x").findings
        #expect(findings.contains { $0.code == "DL1000" })
        #expect(findings.contains { $0.code == "FromAsCasing" && $0.fix != nil })
    }

    @Test("Deep and long values end in time")
    func hostile() {
        let deep = String(repeating: "${A:-", count: 20_000)
        let lists = String(repeating: "[", count: 30_000)
        for text in [
            "ENV A=\(deep)", "CMD \(lists)", "CMD [\(lists)", "EXPOSE \(String(repeating: "1:", count: 20_000))",
        ] {
            _ = Linter().lint(Dockerfile(parsing: "FROM scratch\n\(text)\n"), name: "x")
        }
    }
}
