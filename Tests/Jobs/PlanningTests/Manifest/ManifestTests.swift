import CaissonBuildModel
import CaissonHCL
import Testing

@testable import CaissonPlanning

@Suite("Manifests")
struct ManifestTests {
    private let inputs = BakeInputs(localPlatform: "linux/amd64")

    private func manifest(_ text: String, kinds: [ManifestKind] = [.build]) throws -> Manifest {
        let file = BakeFile(name: "caisson.yaml", bytes: Array(text.utf8))
        return try Manifest(reading: file, kinds: kinds, inputs: inputs)
    }

    private func problems(_ text: String, kinds: [ManifestKind] = [.build]) -> [String] {
        #expect(throws: BakeError.self) { _ = try manifest(text, kinds: kinds) }?.problems.map(\.description) ?? []
    }

    @Test("The files that are looked for are manifests by their names, wherever they are")
    func names() {
        #expect(Manifest.defaultNames == ["caisson.yaml", "caisson.yml"])
        for path in ["caisson.yaml", "caisson.yml", "a/caisson.yaml", "/caisson.yml"] {
            #expect(Manifest.isNamed(by: path))
        }
        for path in ["my-caisson.yaml", "caisson.yaml.bak", "compose.yaml", "docker-bake.hcl", ""] {
            #expect(!Manifest.isNamed(by: path))
        }
    }

    @Test("A file that is too large, aliases that stand for too much, and what is nested too deep are refused")
    func bounds() {
        let large = "targets: {default: {}}\n#" + String(repeating: "x", count: BakeFile.largest)
        #expect(problems(large).first?.contains("a manifest may have 2 MiB. Split it.") == true)
        let levels = (1..<9).map { level in
            "  a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        let bomb = "x-a:\n  a0: &a0 [1, 1]\n" + levels.joined() + "targets: {default: {}}\n"
        #expect(problems(bomb).first?.contains("there are more than 100000 values; write fewer") == true)
        let deep = "x: " + String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(problems(deep) == ["caisson.yaml:1,67-67: Invalid YAML; this is nested more than 64 deep."])
    }

    @Test("What --set says counts more than what all targets have")
    func overrides() throws {
        let text = """
            defaults: {pull: true, args: {A: all, B: all}, cache-from: [all]}
            targets: {default: {args: {C: own}}}
            """
        var flags = BakeFlags()
        flags.set = ["*.pull=false", "*.args.B=set", "default.cache-from=set"]
        let target = try manifest(text).plan(flags: flags, inputs: inputs).targets.targets["default"]
        #expect(target?[.pull]?.flag == false)
        #expect(target?[.args]?.pairs == ["A": "all", "B": "set", "C": "own"])
        #expect(target?[.cacheFrom]?.entries == [BakeEntry(["type": "registry", "ref": "set"])])
    }

    @Test("A link that --set makes is a circle with dependencies, too")
    func laterLink() throws {
        var flags = BakeFlags()
        flags.set = ["b.contexts.x=target:a"]
        let manifest = try manifest("targets: {a: {depends-on: [b]}, b: {}}")
        let error = #expect(throws: BakeError.self) {
            _ = try manifest.plan(names: ["a"], flags: flags, inputs: inputs)
        }
        #expect(error?.problems.first?.detail.contains("a (caisson.yaml:1,15-25) → b (") == true, "\(error as Any)")
        #expect(try manifest.plan(names: ["a"], inputs: inputs).jobs.keys.sorted() == ["a", "b"])
    }

    @Test("Targets of other kinds have the keys of their kind; an unknown kind is refused by name")
    func kinds() throws {
        let config = ManifestKey("config", .text, isRequired: true, of: "kernel", "The configuration.")
        let kernel = ManifestKind("kernel", hasBuildFields: false, keys: [config], "A Linux kernel.")
        let text = """
            targets:
              default: {kind: kernel, config: '${upper("x")}.config', timeout: 2h, depends-on: [tools]}
              tools: {}
            """
        let plan = try manifest(text, kinds: [.build, kernel]).plan(inputs: inputs)
        #expect(plan.jobs["default"]?.kind == "kernel")
        #expect(plan.jobs["default"]?.values["config"]?.string == "X.config")
        #expect(plan.jobs["default"]?.policy.timeout == .seconds(7200))
        #expect(plan.jobs["tools"]?.kind == "build")
        #expect(problems(text).first?.contains("there is build.") == true)
        let wrong = problems("targets: {a: {kind: kernel, tags: [x]}}", kinds: [.build, kernel])
        #expect(wrong.count == 2, "\(wrong)")
        #expect(wrong.contains { $0.contains("a target has no key \"tags\"") })
        #expect(wrong.contains { $0.contains("a target needs config: a text.") })
    }

    @Test("The group that is asked for says whether the others go on, else the manifest does")
    func keepsGoing() throws {
        let text = """
            keep-going: true
            groups: {on: {targets: [a], keep-going: true}, off: {targets: [a], keep-going: false}, silent: [a]}
            targets: {a: {}}
            """
        let expected =
            [["on"], ["silent"], ["a"], ["off", "on"]].map { ($0, true) } + [(["off"], false), (["of*"], false)]
        for (names, goesOn) in expected {
            #expect(try manifest(text).plan(names: names, inputs: inputs).keepsGoing == goesOn, "\(names)")
        }
    }

    @Test("A chain of hundreds of dependencies is followed to its end, and a circle of as many is found")
    func chain() throws {
        let count = 500
        func text(_ last: String) -> String {
            "targets:\n" + (0..<count).map { "  t\($0): {depends-on: [t\($0 + 1)]}\n" }.joined()
                + "  t\(count): \(last)\n"
        }
        let plan = try manifest(text("{}")).plan(names: ["t0"], inputs: inputs)
        #expect(plan.jobs.count == count + 1)
        let found = problems(text("{depends-on: [t0]}"))
        #expect(found.count == 1 && found[0].contains("Dependency cycle"))
    }

    @Test("A problem within a text of several lines is shown where it stands")
    func places() {
        let text = """
            # ä
            targets:
              default:
                dockerfile-inline: |
                  FROM scratch
                  LABEL é=${nowhere}
                args:
                  ä: "${there}"
                  b: it is ${gone}
            """
        let found = problems(text)
        #expect(found.contains { $0.hasPrefix("caisson.yaml:6,17-24: Unknown variable") }, "\(found)")
        #expect(found.contains { $0.hasPrefix("caisson.yaml:8,13-18: Unknown variable") }, "\(found)")
        #expect(found.contains { $0.hasPrefix("caisson.yaml:9,18-22: Unknown variable") }, "\(found)")
    }

    @Test("Manifests that are changed at random are read or refused, but never end the program", arguments: 0..<4)
    func mutations(_ part: Int) throws {
        var state = UInt64(part) &+ 0x9E37_79B9_7F4A_7C15
        func random(_ count: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(count))
        }
        let marks = Array("{}[]()\"'$%=,.:\n~*&<>|-#! \\".utf8) + [0, 0xC3, 0xFF]
        var answered = 0
        for one in try ManifestCase.all() {
            for _ in 0..<40 {
                var bytes = Array(one.text.utf8)
                for _ in 0...random(4) { bytes[random(bytes.count)] = marks[random(marks.count)] }
                var changed = one
                changed.text = String(decoding: bytes, as: UTF8.self)
                if !changed.run().isEmpty { answered += 1 }
            }
        }
        #expect(answered > 500)
    }
}
