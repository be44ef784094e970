import CaissonBuildModel
import CaissonText
import FoundationEssentials
import Glibc
import Testing

@testable import CaissonSecrets

@Suite(.timeLimit(.minutes(1))) struct SecretTemplateTests {
    private static let variables = ["db": "pass\"word", "key": "first line\nsecond line\n", "no": "7"]

    private func request(_ template: String, uses ids: [String] = ["db", "key", "no"]) -> BuildRequest {
        var request = BuildRequest(context: .empty)
        request.secrets = [
            SecretSpec(id: "conf", source: .template(template, secrets: ids)), SecretSpec(id: "db"),
            SecretSpec(id: "key"), SecretSpec(id: "no"), SecretSpec(id: "unused", source: .environment("db")),
        ]
        return request
    }

    private func withTemplate<Result>(_ text: String, _ body: (String) async throws -> Result) async throws -> Result {
        let path = "/tmp/caisson-template-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        return try await body(path)
    }

    private func text(_ text: String) async throws -> String? {
        try await withTemplate(text) { path in
            let store = try await SecretStore(request(path), environment: Self.variables)
            return store.value("conf")?.withBytes { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `values are filled in, without their last line ends`() async throws {
        #expect(
            try await text("a={{ db }};b={{no}}\nc={{\tkey }}\n") == "a=pass\"word;b=7\nc=first line\nsecond line\n"
        )
        #expect(try await text("") == "")
        #expect(try await text("plain {x} } {") == "plain {x} } {")
        #expect(try await text("{{ \"{{\" }}{{db}}}}") == "{{pass\"word}}")
    }

    @Test func `values and the lines that they are in are masked, other lines aren't`() async throws {
        let template = "# an ordinary line of the file\nuser admin:{{ no }} at home\nkey={{ key }}!\nport is 5432\n"
        try await withTemplate(template) { path in
            let store = try await SecretStore(request(path), environment: Self.variables)
            let mask = try #require(store.mask)
            let shown = mask.apply("[# an ordinary line of the file][user admin:7 at home][port is 5432]")
            #expect(shown == "[# an ordinary line of the file][***][port is 5432]")
            #expect(mask.apply("key=first line") == "***")
            #expect(mask.apply("second line!") == "***")
            let whole = try #require(store.value("conf")).withBytes { Array($0) }
            let encoded = String(decoding: Base64.encode(whole), as: UTF8.self)
            #expect(mask.apply("<\(encoded)>") == "<***>")
            #expect(!mask.apply(encoded.brokenAt(76)).contains(encoded.prefix(20)))
        }
    }

    @Test(arguments: [
        ("x\n  {{ dbx }}", ":2:3: there is no secret \"dbx\"; did you mean db?"),
        ("{{ unused }}", ":1:1: the secret \"unused\" isn't among those that the template may use"),
        ("ä {{ db }", ":1:3: the placeholder has no end; write }}"),
        ("{{ db\n}}", ":1:1: the placeholder has no end"), ("{{ }}", ":1:1: there is no secret \"\""),
        ("{{ .Values.x }}", "two braces themselves are written {{ \"{{\" }}"),
    ])
    func `what can't be filled in is told with its place, before the build`(
        template: String,
        words: String
    ) async throws {
        try await withTemplate(template) { path in
            for check in [true, false] {
                let error = await #expect(throws: BuildError.self) {
                    if check {
                        try request(path).checkConfidential(environment: Self.variables, home: "/")
                    } else {
                        _ = try await SecretStore(request(path), environment: Self.variables)
                    }
                }
                let message = error?.message ?? ""
                #expect(message.hasPrefix("secret \"conf\": ") && message.contains(words), "\(message)")
                #expect(error?.exitStatus == 2)
            }
        }
    }

    @Test func `a template may only use secrets of the build that are values`() async throws {
        try await withTemplate("x") { path in
            for (ids, words) in [(["dd"], "did you mean db?"), (["conf"], "is a template itself")] {
                let error = #expect(throws: BuildError.self) {
                    try request(path, uses: ids).checkConfidential(environment: Self.variables, home: "/")
                }
                #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
            }
        }
        for (path, words) in [("/no/such", "does not exist"), ("/dev/zero", "is not a regular file")] {
            let error = #expect(throws: BuildError.self) {
                try request(path).checkConfidential(environment: Self.variables, home: "/")
            }
            #expect(error?.message.contains("\"\(path)\" \(words)") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a template with its values may have 500 KiB and no more`() async throws {
        let line = String(repeating: "x", count: 100 * 1024)
        try await withTemplate(String(repeating: "{{ db }}", count: 5)) { path in
            var request = request(path)
            request.masksSecrets = false
            let store = try await SecretStore(request, environment: Self.variables.merging(["db": line]) { $1 })
            #expect(store.value("conf")?.count == 500 * 1024)
            await #expect(throws: BuildError.self) {
                _ = try await SecretStore(request, environment: Self.variables.merging(["db": line + "y"]) { $1 })
            }
        }
    }

    @Test func `a template is shown without its values`() {
        let secret = SecretSpec(id: "conf", source: .template("a.conf", secrets: ["db", "key"]))
        #expect(secret.description == "id=conf,template=a.conf,secrets=db key")
    }
}

extension String {
    /// The text in lines of that length.
    fileprivate func brokenAt(_ width: Int) -> String {
        var lines: [Substring] = []
        var rest = self[...]
        while !rest.isEmpty {
            lines.append(rest.prefix(width))
            rest = rest.dropFirst(width)
        }
        return lines.joined(separator: "\n")
    }
}
