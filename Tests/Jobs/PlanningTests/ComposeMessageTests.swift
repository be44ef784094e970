@testable import CaissonPlanning
import Testing

@Suite("What is said of faulty compose files")
struct ComposeMessageTests {
    /// All problems of a file, or `none`.
    private static func problems(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try ComposeProject(loading: ComposeCase.sources(["compose.yaml": text], environment))
            return ["none"]
        } catch {
            return error.problems.map(\.description)
        }
    }

    private static func warnings(_ text: String) throws -> [String] {
        try ComposeProject(loading: ComposeCase.sources(["compose.yaml": text])).warnings.map(\.description)
    }

    @Test("One run tells all problems of a file, each at its place")
    func all() {
        let found = Self.problems(
            """
            services:
              web:
                build:
                  contxt: .
                  tags: app:1
                  args:
                    A: ${A:?set A}
                    B: ${}
                  shm_size: 64x
                  secrets: [tokn]
                ports: [http]
              db: {}
            secrets:
              token: {}
            """
        )
        #expect(
            found == [
                "compose.yaml:4:7: services.web.build has no key \"contxt\"; did you mean context?",
                "compose.yaml:5:13: services.web.build.tags: a text can't stand here; write a list",
                "compose.yaml:7:12: services.web.build.args.A: the variable A is needed here and not set: set A",
                "compose.yaml:8:12: services.web.build.args.B: \"${}\" is no variable; write ${NAME}, or $$ for a dollar sign",
                "compose.yaml:9:17: services.web.build.shm_size: \"64x\" is no size; write a number such as 64m",
                "compose.yaml:10:17: services.web.build.secrets: there is no secret \"tokn\" under secrets:; did you mean token?",
                "compose.yaml:11:13: services.web.ports: \"http\" is no port or range of ports",
                "compose.yaml:12:3: the service \"db\" has neither an image nor a build",
                "compose.yaml:14:3: the secret \"token\" has neither a file nor a variable; write file or environment",
            ]
        )
    }

    @Test(
        "A message names the place, the key and what to do",
        arguments: [
            (
                "services:\n  a:\n    extends: b\n  b:\n    extends: a\n",
                "compose.yaml:5:14: services extend each other in a circle: a → b → a"
            ),
            (
                "services:\n  a:\n    extends: {file: gone.yaml, service: a}\n",
                "compose.yaml:3:14: there is no file \"gone.yaml\""
            ),
            (
                "services:\n  a:\n    extends: bas\n    build: .\n  base:\n    build: .\n",
                "compose.yaml:3:14: there is no service \"bas\" to extend in compose.yaml; did you mean base?"
            ),
            (
                "include: [compose.yaml]\n",
                "compose.yaml:1:11: files include each other in a circle: compose.yaml → compose.yaml"
            ),
            (
                "include: [\"https://example.com/c.yaml\"]\nservices: {a: {build: .}}\n",
                "compose.yaml:1:11: \"https://example.com/c.yaml\" isn't on this machine; fetch it and name the file"
            ),
            (
                "services:\n  a:\n    build: {args: {1: x}}\n",
                "compose.yaml:3:20: the key 1 is no text; put it between quotes"
            ),
            (
                "services:\n  a:\n    build: {target: 1}\n",
                "compose.yaml:3:21: services.a.build.target: a number can't stand here; write a text; put it between quotes"
            ),
            (
                "services:\n  a:\n    build: {args: {A: 2026-01-31}}\n",
                "compose.yaml:3:23: services.a.build.args.A: a date can't stand here; write a text or a number or a boolean "
                    + "or nothing; put it between quotes"
            ),
            (
                "services:\n  a:\n    build: {secrets: [s]}\nsecrets:\n  s: {external: true}\n",
                "compose.yaml:3:23: services.a.build.secrets: the secret \"s\" is external, which a build can't read; write "
                    + "file or environment"
            ),
            (
                "services:\n  a.b:\n    build: .\n  a_b:\n    build: .\n",
                "compose.yaml:4:3: the services \"a.b\" and \"a_b\" are one target, \"a_b\"; rename one"
            ),
            ("- a\n", "compose.yaml:1:1: a compose file is a table with services, not a list"),
            ("", "compose.yaml:1:1: the compose file builds nothing; write services"),
            ("services:\n  a: [x\n", "compose.yaml:3:1: the list has no end; write a comma or ]"),
        ]
    )
    func message(text: String, expected: String) {
        #expect(Self.problems(text) == [expected])
    }

    @Test("What the peer overlooks is a warning with the nearest name")
    func unknownKeys() throws {
        let text = """
            servces: {}
            services:
              a:
                build: {x-bake: {tag: [x]}}
                imgae: x
                deploy: {replica: 1}
                image: ${UNSET}
            """
        #expect(
            try Self.warnings(text) == [
                "compose.yaml:1:1: the file has no key \"servces\"; did you mean services?",
                "compose.yaml:4:22: services.a.build.x-bake has no key \"tag\"; did you mean tags?",
                "compose.yaml:5:5: services.a has no key \"imgae\"; did you mean image?",
                "compose.yaml:6:14: services.a.deploy has no key \"replica\"; did you mean replicas?",
                "compose.yaml:7:12: services.a.image: the variable UNSET isn't set; it stands for an empty text",
            ]
        )
    }

    @Test("A problem in another file has that file's place")
    func otherFiles() {
        let sources = ComposeCase.sources([
            "compose.yaml": "include: [sub/b.yaml]\nservices:\n  a:\n    build: {args: [X]}\n    env_file: x.env\n",
            "sub/b.yaml": "services:\n  b:\n    build: {tgs: []}\n", ".env": "A=1\nB C=2\n", "x.env": "\nX=\"a\n",
        ])
        #expect(throws: ComposeError.self) { _ = try ComposeProject(loading: sources) }
        do {
            _ = try ComposeProject(loading: sources)
        } catch {
            #expect(
                error.problems.map(\.description) == [
                    ".env:2:1: the name \"B C\" has a blank in it; write NAME=VALUE",
                    "sub/b.yaml:3:13: services.b.build has no key \"tgs\"; did you mean tags?",
                    "x.env:2:1: the quotation \"\"a\" has no end",
                ]
            )
        }
    }
}
