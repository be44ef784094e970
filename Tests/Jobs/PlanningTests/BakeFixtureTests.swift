import CaissonHCL
import CaissonJSON
import CaissonText
import Testing

@testable import CaissonPlanning

@Suite("Bake files against docker-buildx")
struct BakeFixtureTests {
    @Test("Each case is answered as docker-buildx answers it, or as its reason says", arguments: try BakeCase.all())
    func answers(_ one: BakeCase) throws {
        let wanted = try #require(one.ours ?? one.answer, "\(one.name) has no answer: Scripts/bake-compare --record")
        let got = one.run()
        #expect(got.normal == wanted.normal, "\(one.name): \(got.text)")
    }

    @Test("Who differs from the peer says why, and does differ")
    func differences() throws {
        for one in try BakeCase.all() {
            #expect((one.ours == nil) == (one.reason == nil), "\(one.name)")
            if let ours = one.ours { #expect(ours.normal != one.answer?.normal, "\(one.name)") }
        }
    }

    @Test("There are enough cases")
    func count() throws {
        let cases = try BakeCase.all()
        #expect(cases.count >= 500)
        #expect(cases.count { $0.answer?.kind == "refused" } >= 120)
    }

    @Test("Every field of targets and groups has a case that prints it", arguments: BakeKey.allCases)
    func fields(_ key: BakeKey) throws {
        let texts = try BakeCase.all().flatMap { one in one.files.map { String(decoding: $0.bytes, as: UTF8.self) } }
        #expect(texts.contains { $0.contains("  \(key.rawValue) = ") }, "no case sets \(key.rawValue)")
        guard BakeField.named(key) != nil, key != .inherits else { return }
        let printed = try BakeCase.all().compactMap { ($0.ours ?? $0.answer)?.text }
        #expect(
            printed.contains { $0.contains("\"\(key.rawValue)\":") } || key == .ssh,
            "no case prints \(key.rawValue)"
        )
    }

    @Test("Every key of --set has a case", arguments: BakeField.settingWords + ["secret", "push", "load"])
    func settings(_ word: String) throws {
        let arguments = try BakeCase.all().flatMap(\.arguments)
        let isSet = arguments.contains {
            $0.contains(".\(word)=") || $0.contains(".\(word)+=") || $0.contains(".\(word).")
        }
        #expect(isSet || word == "ssh", "no case sets \(word)")
    }
}

@Suite("Fields of bake targets")
struct BakeFieldTests {
    @Test("Each key is a field of targets or of groups, once")
    func table() {
        let keys = BakeField.target.map(\.key)
        #expect(Set(keys).count == keys.count)
        #expect(Set(keys + BakeField.group.map(\.key)) == Set(BakeKey.allCases))
        for field in BakeField.target { #expect(field.description.hasSuffix("."), "\(field.key)") }
    }

    @Test("SSH agents and keys are read, merged by name, printed and overridden")
    func ssh() throws {
        let text = """
            target "base" {
              ssh = ["default", "git=a,b", { id = "x", paths = ["k"] }]
            }
            target "default" {
              inherits = ["base"]
              ssh = [{ id = "git" }, "new=n"]
              args = { of = jsonencode(target.base.ssh) }
            }
            """
        var flags = BakeFlags()
        flags.set = ["default.ssh+=x=other"]
        let plan = try Bake.plan(text, flags)
        let seen = #"[{"id":"default","paths":[]},{"id":"git","paths":["a","b"]},{"id":"x","paths":["k"]}]"#
        #expect(plan.targets["default"]?[.args]?.pairs == ["of": seen])
        let printed = plan.printed["target"]?["default"]?["ssh"]?.goText(indented: false)
        let wanted =
            #"[{"id":"default"},{"id":"git"},{"id":"x","paths":["other"]},{"id":"new","paths":["n"]}]"#
        #expect(printed == wanted)
    }
}

/// Shorthands for tests.
enum Bake {
    static let inputs = BakeInputs(localPlatform: "linux/amd64")

    static func configuration(_ text: String, inputs: BakeInputs = inputs) throws -> BakeConfiguration {
        try BakeConfiguration(reading: [BakeFile(name: "docker-bake.hcl", bytes: Array(text.utf8))], inputs: inputs)
    }

    static func plan(_ text: String, _ flags: BakeFlags = BakeFlags(), names: [String] = []) throws -> BakePlan {
        try BakePlan(try configuration(text), names: names, flags: flags, inputs: inputs)
    }

    /// What is wrong with a text.
    static func problems(_ text: String, _ flags: BakeFlags = BakeFlags(), names: [String] = []) -> [String] {
        do {
            _ = try plan(text, flags, names: names)
            return []
        } catch let error as BakeError {
            return error.problems.map(\.description)
        } catch {
            return ["\(error)"]
        }
    }
}
