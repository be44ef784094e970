import CaissonHCL
import Testing

@testable import CaissonPlanning

@Suite("What is wrong with bake files")
struct BakeProblemTests {
    @Test("Everything that is wrong with a file is told at once, with its place")
    func all() {
        let problems = Bake.problems(
            """
            variable "a" {
              default = nothing
            }
            target "default" {
              args = { x = missing }
              labels = { y = a }
              tags = "text"
              pull = "maybe"
            }
            target "b c" {}
            group "g" {}
            """
        )
        #expect(problems.count == 6, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("docker-bake.hcl:2,13-20: Unknown variable") }, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("docker-bake.hcl:7,10-16:") && $0.contains("tags") }, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("docker-bake.hcl:10,8-13: Invalid name") }, "\(problems)")
        #expect(problems.contains { $0.contains("\"targets\" is required") }, "\(problems)")
    }

    @Test("The errors of all files are told")
    func files() throws {
        let files = [
            BakeFile(name: "a.hcl", bytes: Array("target {".utf8)), BakeFile(name: "b.json", bytes: Array("{".utf8)),
            BakeFile(name: "c.hcl", bytes: [UInt8](repeating: 0x20, count: BakeFile.largest + 1)),
        ]
        let error = #expect(throws: BakeError.self) { _ = try BakeConfiguration(reading: files, inputs: Bake.inputs) }
        let texts = error?.problems.map(\.description) ?? []
        for name in ["a.hcl", "b.json", "c.hcl"] { #expect(texts.contains { $0.contains(name) }, "\(texts)") }
        #expect("\(try #require(error))".contains(">>> target {"))
    }

    @Test("A mistake in a late line of a text of JSON is shown on the line that the text stands on")
    func linesOfJSON() throws {
        let text = #"{"target": {"default": {"args": {"a": "${<<-E\n x\n y\n ${nothing}\n E}"}}}}"#
        let file = BakeFile(name: "docker-bake.json", bytes: Array(text.utf8))
        let error = #expect(throws: BakeError.self) { _ = try BakeConfiguration(reading: [file], inputs: Bake.inputs) }
        let excerpts = try #require(error).problems.map(\.excerpt)
        #expect(!excerpts.isEmpty && excerpts.allSatisfy { $0.contains(text) }, "\(excerpts)")
    }

    @Test("Expressions that cost too much together are told once, and what comes after them not at all")
    func costs() throws {
        let names = (0..<9).map { "x\($0)" }
        let text = names.map { "\($0) = [for i in range(100) : i]\n" }.joined()
        let body = try #require(BakeFile(name: "docker-bake.hcl", bytes: Array(text.utf8)).parsed().body)
        let evaluator = BakeEvaluator(BakeDeclarations([body], reserved: []), Bake.inputs, steps: 500)
        evaluator.evaluateAll()
        let problems = evaluator.diagnostics.map(\.description)
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.contains("All expressions together take more than 500 steps") == true, "\(problems)")
    }

    @Test("A circle of variables is told with its places")
    func variables() {
        let text = "variable \"a\" {\n  default = b\n}\nb = c\nc = a\ntarget \"default\" {}\n"
        let cycle = "a (docker-bake.hcl:1,1-15) → b (docker-bake.hcl:2,13-14) → c (docker-bake.hcl:4,5-6) → a"
        #expect(Bake.problems(text).count == 1)
        #expect(Bake.problems(text).first?.contains(cycle) == true, "\(Bake.problems(text))")
    }

    @Test("A circle of functions and one of targets are told")
    func circles() {
        let functions = "function \"f\" {\n  params = []\n  result = f()\n}\ntarget \"default\" {}\n"
        #expect(Bake.problems(functions).first?.contains("f() (docker-bake.hcl:1,1-15) → f()") == true)
        let whole = "target \"default\" {\n  args = { a = jsonencode(target.default) }\n}\n"
        #expect(Bake.problems(whole).first?.contains("target.default") == true, "\(Bake.problems(whole))")
        let links = """
            target "default" {
              contexts = { x = "target:b" }
            }
            target "b" {
              contexts = { x = "target:c" }
            }
            target "c" {
              contexts = { x = "target:b" }
            }
            """
        #expect(Bake.problems(links).first?.contains("b → c → b") == true, "\(Bake.problems(links))")
    }

    @Test("Names that are nearly right are proposed")
    func nearest() {
        let text = "target \"app\" {\n  tags = []\n}\n"
        func set(_ override: String) -> BakeFlags {
            var flags = BakeFlags()
            flags.set = [override]
            return flags
        }
        #expect(Bake.problems(text, names: ["apq"]).first?.contains("Did you mean \"app\"?") == true)
        #expect(
            Bake.problems(text, set("app.tgas=x"), names: ["app"]).first?.contains("did you mean \"tags\"?") == true
        )
        #expect(Bake.problems(text, set("apq.tags=x"), names: ["app"]).first?.contains("did you mean \"app\"?") == true)
        let function = "function \"f\" {\n  params = []\n  result = uper(\"x\")\n}\n" + text
        #expect(Bake.problems(function, names: ["app"]).first?.contains("Did you mean \"upper\"?") == true)
    }

    @Test("What has no effect and is probably misspelt is warned of")
    func warnings() throws {
        let plan = try Bake.plan(
            """
            variable "a" {
              defualt = 1
            }
            target "default" {
              cache_from = ["x"]
              build {}
              inherits = ["other"]
            }
            target "other" {
              inherits = ["default"]
            }
            targets "x" {}
            """
        )
        let texts = plan.warnings.map(\.description)
        #expect(texts.count == 5, "\(texts)")
        for meant in ["default", "cache-from", "target"] {
            #expect(texts.contains { $0.contains("did you mean \"\(meant)\"?") }, "\(meant) in \(texts)")
        }
        #expect(texts.contains { $0.hasPrefix("docker-bake.hcl:5,3-13: ") }, "\(texts)")
        #expect(texts.contains { $0.contains("default → other → default") }, "\(texts)")
        #expect(plan.warnings.allSatisfy { $0.severity == .warning })
    }

    @Test("Two targets that push one tag, and a push without a tag, are told before a build")
    func pushes() throws {
        var flags = BakeFlags()
        flags.push = true
        let text = """
            group "default" {
              targets = ["a", "b", "c", "d", "e"]
            }
            target "a" {
              tags = ["x:latest", "y"]
            }
            target "b" {
              tags = ["docker.io/library/x"]
            }
            target "c" {
            }
            target "d" {
              output = ["type=image,name=y,push=true"]
            }
            target "e" {
              tags = ["x"]
              output = ["type=local,dest=out"]
            }
            """
        let texts = try Bake.plan(text, flags).pushProblems.map(\.detail)
        #expect(
            texts == [
                "the targets a and b both push docker.io/library/x:latest. Give one of them another tag.",
                "target c pushes its image but gives it no name. Add tags.",
                "the targets a and d both push docker.io/library/y:latest. Give one of them another tag.",
            ]
        )
        #expect(try Bake.plan(text).pushProblems.isEmpty)
    }
}

@Suite("Bounds of bake files")
struct BakeBoundTests {
    @Test("A matrix of a million rows is refused")
    func matrix() {
        let text = """
            target "default" {
              name = "x-${a}-${b}-${c}"
              matrix = { a = range(100), b = range(100), c = range(100) }
            }
            """
        #expect(Bake.problems(text).first?.contains("more than 20000 targets") == true, "\(Bake.problems(text))")
    }

    @Test("Many matrices together are refused as well")
    func matrices() {
        let text = (0..<3).map { number in
            "target \"t\(number)\" {\n  name = \"x\(number)-${a}-${b}\"\n"
                + "  matrix = { a = range(100), b = range(100) }\n}\n"
        }.joined()
        #expect(Bake.problems(text).contains { $0.contains("more than 20000 targets") })
    }

    @Test("A chain of a thousand variables, parents, groups or links is refused, not followed to the end")
    func depth() {
        let numbers = 0..<1000
        let variables = numbers.map { "v\($0) = v\($0 + 1)\n" }.joined() + "v1000 = 1\ntarget \"default\" {}\n"
        #expect(Bake.problems(variables).contains { $0.contains("More than 100") })
        func targets(_ body: (Int) -> String) -> String {
            numbers.map { "target \"t\($0)\" {\n  \(body($0 + 1))\n}\n" }.joined() + "target \"t1000\" {}\n"
        }
        let parents = targets { "inherits = [\"t\($0)\"]" }
        #expect(Bake.problems(parents, names: ["t0"]).contains { $0.contains("200 ancestors") })
        let links = targets { "contexts = { x = \"target:t\($0)\" }" }
        #expect(Bake.problems(links, names: ["t0"]).contains { $0.contains("200 links") })
        let groups = numbers.map { "group \"g\($0)\" {\n  targets = [\"g\($0 + 1)\"]\n}\n" }.joined()
        #expect(!Bake.problems(groups, names: ["g0"]).isEmpty)
    }

    @Test("Files that are changed at random are read or refused, but never end the program", arguments: 0..<8)
    func mutations(_ part: Int) throws {
        var random = Generator(state: UInt64(part) &+ 0x9E37_79B9_7F4A_7C15)
        let marks = Array("{}[]()\"$%=,.:\n~*\\".utf8) + [0, 0xC3, 0xFF]
        var answered = 0
        for (index, one) in try BakeCase.all().enumerated() where index % 8 == part {
            var changed = one
            for file in changed.files.indices where !changed.files[file].bytes.isEmpty {
                for _ in 0...Int.random(in: 0...3, using: &random) {
                    let place = Int.random(in: 0..<changed.files[file].bytes.count, using: &random)
                    changed.files[file].bytes[place] = marks.randomElement(using: &random) ?? 0
                }
            }
            if !changed.run().kind.isEmpty { answered += 1 }
        }
        #expect(answered > 50)
    }

    /// Random numbers that are the same in each run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}

@Suite("Lists of bake files")
struct BakeListingTests {
    @Test("Functions are listed with their parameters, as a table and as JSON")
    func functions() throws {
        let configuration = BakeConfiguration()
        let table = try BakeListing(parsing: "functions").text(of: configuration)
        #expect(table.hasPrefix("FUNCTION\t"))
        #expect(table.contains("\nupper(str)\t"))
        #expect(table.contains("formatlist(format, args...)"))
        let json = try BakeListing(parsing: "type=functions,format=json").text(of: configuration)
        #expect(json.contains("\"name\": \"zipmap\""))
    }

    @Test("Files are named by the environment with a separator of one's own")
    func names() {
        #expect(BakeFile.names(in: [:]) == [])
        #expect(BakeFile.names(in: ["BUILDX_BAKE_FILE": "a.hcl: b.json ::"]) == ["a.hcl", "b.json"])
        let own = ["BUILDX_BAKE_FILE": "a:b<>c", "BUILDX_BAKE_PATH_SEPARATOR": "<>"]
        #expect(BakeFile.names(in: own) == ["a:b", "c"])
    }

    @Test("Targets that come from elsewhere are merged with those of bake files, and come first")
    func merging() throws {
        let compose = BakeConfiguration(
            groups: [BakeGroup("default", targets: ["web"])],
            targets: [
                BakeTarget("web", [.context: .text("dir"), .args: .pairs(["a": "1"])]),
                BakeTarget("db", [.tags: .texts(["db"])]),
            ]
        )
        let file = BakeFile(name: "b.hcl", bytes: Array("target \"web\" {\n  args = { b = \"2\" }\n}\n".utf8))
        let both = try BakeConfiguration(reading: [file], after: compose, inputs: Bake.inputs)
        let plan = try BakePlan(both, inputs: Bake.inputs)
        #expect(plan.targets.keys.sorted() == ["web"])
        #expect(plan.targets["web"]?[.args] == .pairs(["a": "1", "b": "2"]))
        #expect(plan.targets["web"]?[.context] == .text("dir"))
    }
}
