import CaissonBuildModel
import CaissonJSON
import Testing

@testable import CaissonReporting

@Suite("What --format makes of builds")
struct BuildFormatTests {
    private let layout = TextLayout(now: BuildSamples.now)

    private func text(_ format: String, _ records: [BuildRecord] = BuildSamples.records) throws -> String {
        try BuildFormat(parsing: format).text(of: records, layout)
    }

    @Test("A table is what there is without a wish")
    func table() throws {
        #expect(try text("table") == BuildsTable(BuildSamples.records, now: BuildSamples.now).text(width: nil))
        #expect(try text("") == text("table"))
    }

    @Test("JSON is an object a line, with all keys in their order")
    func json() throws {
        let lines = try text("json").split(separator: "\n")
        #expect(lines.count == BuildSamples.records.count)
        for line in lines {
            let members = try #require(try JSON(parsing: Array(line.utf8)).members)
            #expect(members.map(\.name) == BuildField.allCases.map(\.rawValue))
        }
        let value = try JSON(parsing: Array(lines[1].utf8))
        #expect(value["id"]?.string == "bbbbbbbbbbbbbbbbbbbbbbbbb")
        #expect(value["duration"] == .number("12.34"))
        #expect(value["started"]?.string == "2026-12-01T11:36:40.5Z")
        #expect(value["cachedSteps"]?.integer == 7)
        #expect(value["command"] == .null)
        #expect(value["labels"] == .array([]))
    }

    @Test("JSON has a text as it is, and nothing in it that moves a cursor")
    func exactness() throws {
        let name = "a\u{1B}[2J\n\u{9B}1m\u{202E}\u{2028}b"
        let record = BuildSamples.record(BuildSamples.id("n"), .failed, name: name, ago: 0, for: 1)
        let line = try text("json", [record])
        #expect(line.unicodeScalars.dropLast().allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
        #expect(try JSON(parsing: Array(line.utf8))["name"]?.string == name)
    }

    @Test("A template names keys as Go does or as they are")
    func template() throws {
        let records = Array(BuildSamples.records.prefix(2))
        #expect(try text("{{.ID}} {{.Status}}", records).hasPrefix("aaaaaaaaaaaaaaaaaaaaaaaaa running\n"))
        #expect(try text("{{.cachedSteps}}/{{.Steps}}", records) == "3/12\n7/10\n")
        #expect(try text(#"{{.name}}\t{{.Duration}}"#, records) == "app\t<no value>\nweb\t12.34\n")
        #expect(try text("{{json .Batch}}", [BuildSamples.dossier.record]).contains("\"place\": 2"))
        let wide = try text("{{range .Tags}}{{.}};{{end}}", [BuildSamples.dossier.record])
        #expect(wide == "registry.example/app:1;registry.example/app:latest;\n")
    }

    @Test("With “table” before it, a template has heads")
    func heads() throws {
        #expect(
            try text(#"table {{.Name}}\t{{.CachedSteps}}"#, Array(BuildSamples.records.prefix(2))) == """
                NAME  CACHED STEPS
                app   3
                web   7

                """
        )
    }

    @Test("A wrong key or template is refused with what is there")
    func wrong() {
        func message(_ format: String) -> String {
            do throws(BuildError) {
                _ = try BuildFormat(parsing: format)
                return ""
            } catch {
                return error.code == .usage ? error.message : "\(error.code)"
            }
        }
        #expect(message("{{.Statu}}") == "the --format template: there is no .Statu (did you mean .Status?)")
        #expect(message("{{.Zzzzzzzzzz}}").contains(".ID, .Status"))
        #expect(message("{{.ID").hasPrefix("the --format template: "))
    }

    @Test("A template's values forge no line")
    func forged() throws {
        let record = BuildSamples.record(BuildSamples.id("n"), .failed, name: "a\n\u{1B}[31mb", ago: 0, for: 1)
        #expect(try text("{{.Name}}", [record]) == "a b\n")
    }

    @Test("A build in whole has its steps, remarks and its error")
    func dossier() throws {
        let text = try BuildFormat(parsing: "json").text(of: BuildSamples.dossier, log: [], layout)
        let value = try JSON(parsing: Array(text.utf8))
        let steps = try #require(value["stepList"]?.array)
        #expect(steps.count == 8)
        #expect(steps[5]["inputs"] == .array([.number("5")]))
        #expect(steps[5]["duration"] == .number("21.3"))
        #expect(steps[7]["started"] == .null)
        #expect(value["error"]?["exitCode"]?.integer == 2)
        #expect(value["error"]?["places"]?.array?.first?["startLine"]?.integer == 3)
        #expect(value["remarks"]?.array?.first?["text"]?.string == "waits: 4 builds run already")
        #expect(value["batch"]?["count"]?.integer == 4)
        #expect(value["request"] == .object([]))
        #expect(value["dependencies"] == .array([]))
        #expect(value["fingerprint"] == .null)
        var other = BuildDossier(BuildSamples.records[0])
        other.artifacts = [
            .image(ImageArtifact(names: [], digest: "sha256:1", id: nil, isPushed: false)), .file("/a"),
            .directory("/b"), .standardOutput, .cache("type=inline"),
        ]
        let kinds = other.json["artifacts"]?.array?.map { $0["kind"]?.string ?? "" }
        #expect(kinds == ["image", "file", "directory", "standard-output", "cache"])
        #expect(other.json["error"] == .null)
        let args = JSON.object([JSONMember("args", .object([JSONMember("A", .string("1"))]))])
        other.record.submission.request = args
        other.record.submission.dependencies = ["base"]
        other.record.submission.fingerprint = "sha256:1"
        #expect(other.json["request"] == args)
        #expect(other.json["dependencies"] == .array([.string("base")]))
        #expect(other.json["fingerprint"] == .string("sha256:1"))
        let line = try BuildFormat(parsing: "{{.Name}}").text(of: other, log: [], layout)
        #expect(line == "app\n")
    }
}
