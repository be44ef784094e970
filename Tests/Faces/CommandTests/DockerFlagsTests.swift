import CaissonBuildModel
import Testing

@testable import caisson

@Suite("The flags of docker buildx build 0.29.1")
struct DockerFlagsTests {
    /// Its flags with a value that each takes; nil for those that take none.
    private static let flags: [(name: String, value: String?)] = [
        ("--add-host", "a:1.2.3.4"), ("--allow", "network.host"), ("--annotation", "a=b"),
        ("--attest", "type=sbom"), ("--build-arg", "A=1"), ("--build-context", "a=b"),
        ("--cache-from", "user/app:cache"),
        ("--cache-to", "type=inline"), ("--call", "check"), ("--cgroup-parent", "/x"), ("--check", nil),
        ("--file", "D"),
        ("--iidfile", "i"), ("--label", "a=b"), ("--load", nil), ("--metadata-file", "m"),
        ("--network", "none"), ("--no-cache", nil), ("--no-cache-filter", "a"), ("--output", "out"),
        ("--platform", "linux/amd64"), ("--progress", "plain"), ("--provenance", "mode=max"), ("--pull", nil),
        ("--push", nil), ("--quiet", nil), ("--sbom", "true"), ("--secret", "id=a"), ("--shm-size", "64m"),
        ("--ssh", "default"), ("--tag", "a"), ("--target", "t"), ("--ulimit", "nofile=1"), ("--builder", "default"),
        ("--debug", nil),
    ]

    @Test("Each is taken with its meaning, or refused with a reason", arguments: flags.map(\.name))
    func taken(name: String) throws {
        let value = Self.flags.first { $0.name == name }?.value
        let words = [name] + (value.map { [$0] } ?? []) + ["-t", "x", "."]
        guard case .unavailable = BuildFlags.kind(of: name) else {
            let plain = try buildCommand(["-t", "x", "."])
            let command = try buildCommand(words)
            let changed = try command.request(environment: [:]) != plain.request(environment: [:])
            if case .ignored = BuildFlags.kind(of: name) {
                #expect(!changed && command.steps.warnings.count == 1, "\(name)")
                return
            }
            let elsewhere = ["--call", "--check", "--iidfile", "--metadata-file", "--progress", "--quiet", "--builder"]
            #expect(changed || elsewhere.contains(name), "\(name) is taken and does nothing")
            return
        }
        #expect {
            _ = try buildCommand(words)
        } throws: { error in
            let message = (error as? BuildError)?.message ?? ""
            return message.contains(name) && message.contains("not available")
        }
    }

    @Test("A question is read in docker's forms")
    func questions() throws {
        func question(_ words: String...) throws -> FrontendQuestion? {
            try buildCommand(words + ["."]).question.question()
        }
        #expect(try question() == nil)
        #expect(try question("--call", "build") == nil)
        #expect(try question("--check") == FrontendQuestion(question: .check, isJSON: false))
        #expect(try question("--call=outline,format=json") == FrontendQuestion(question: .outline, isJSON: true))
        #expect(throws: BuildError.self) { try question("--call", "chek") }
        #expect(throws: BuildError.self) { try question("--check", "--call", "targets") }
    }

    @Test(
        "A check ends with buildx's sentence, and what the front end refuses is an error of its own",
        arguments: [
            ([], nil, "Check complete, no warnings found.\n"),
            (["a"], nil, "Check complete, 1 warning has been found!\nW\n"),
            (["a", "b"], nil, "Check complete, 2 warnings have been found!\nW\n"), ([], "no", ""),
            (["a"], "no", "Check complete, 1 warning has been found!\nW\n"),
        ] as [([String], String?, String)]
    )
    func checks(_ warnings: [String], _ failure: String?, _ text: String) {
        let list = warnings.map { #"{"ruleName":"\#($0)"}"# }.joined(separator: ",")
        let place = #""location":{"sourceIndex":0,"ranges":[{"start":{"line":1},"end":{"line":1}}]}"#
        let error = failure.map { #","buildError":{"message":"\#($0)",\#(place)}"# } ?? ""
        let json = #"{"warnings":[\#(list)],"sources":[{"filename":"Dockerfile","data":"RlJPTSBh"}]\#(error)}"#
        let answer = BuildAnswer(text: warnings.isEmpty ? "" : "W", json: Array(json.utf8), isGood: failure == nil)
        #expect(FrontendQuestion(question: .check, isJSON: false).text(answer) == text)
        #expect(FrontendQuestion(question: .check, isJSON: true).text(answer) == json + "\n")
        let found = CheckAnswer(answer).failure
        #expect(found?.message == failure)
        #expect(found.map { $0.excerpts.map { $0.source.data } } == failure.map { _ in [Array("FROM a".utf8)] })
    }
}
