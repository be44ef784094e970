@testable import CaissonPlanning
import Testing

@Suite("Compose files that would never end")
struct ComposeBoundsTests {
    private static func messages(_ files: [String: String], _ environment: [String: String] = [:]) -> [String] {
        do {
            _ = try ComposeProject(loading: ComposeCase.sources(files, environment))
            return []
        } catch {
            return error.problems.map(\.message)
        }
    }

    @Test("Aliases that stand for millions of values are refused")
    func aliases() {
        let lines = (1...9).map {
            "x\($0): &x\($0) [\(Array(repeating: "*x\($0 - 1)", count: 10).joined(separator: ","))]"
        }
        let text = "x0: &x0 [a]\n" + lines.joined(separator: "\n") + "\nservices: {a: {build: .}}\n"
        #expect(Self.messages(["compose.yaml": text]).first?.contains("more than 200000 values") == true)
    }

    @Test("Deep nesting is refused")
    func nesting() {
        let text = "x: " + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
        #expect(Self.messages(["compose.yaml": text]).first?.contains("nested") == true)
    }

    @Test("A file above the limit is refused")
    func size() {
        let text = "services: {a: {build: .}}\n#" + String(repeating: "x", count: 2 << 20)
        #expect(Self.messages(["compose.yaml": text]).first?.contains("no more than 2097152 are read") == true)
        let files = ["compose.yaml": "include: [b.yaml]\nservices: {a: {build: .}}\n", "b.yaml": text]
        #expect(Self.messages(files) == ["\"b.yaml\" has more than 2097152 bytes"])
    }

    @Test("Variables that double each other are refused")
    func doubling() {
        let lines = (1...40).map { "A\($0)=$A\($0 - 1)$A\($0 - 1)" }
        let files = [
            "compose.yaml": "services: {a: {build: .}}\n", ".env": "A0=xxxxxxxx\n" + lines.joined(separator: "\n"),
        ]
        #expect(Self.messages(files).first?.contains("too long") == true)
    }

    @Test("A long variable that stands in many texts is refused")
    func manyTexts() {
        let items = (0..<500).map { "\"\($0)=$LONG\"" }.joined(separator: ", ")
        let files = ["compose.yaml": "services: {a: {build: {args: [\(items)]}}}\n"]
        let found = Self.messages(files, ["LONG": String(repeating: "x", count: 100_000)])
        #expect(found.first?.contains("too long") == true)
    }

    @Test("Variables in variables are refused where they go too deep")
    func deepVariables() {
        let text = String(repeating: "${A:-", count: 5000) + "x" + String(repeating: "}", count: 5000)
        let found = Self.messages(["compose.yaml": "services: {a: {build: {target: \"\(text)\"}}}\n"])
        #expect(found.first?.contains("more than 64 deep") == true)
    }

    @Test("Texts with very many braces take no long time")
    func manyBraces() {
        let text = String(repeating: "${A:-x} ", count: 50_000) + String(repeating: "y", count: 500_000)
        let wide = String(repeating: "${A:-{", count: 60_000) + "}"
        #expect(Self.messages(["compose.yaml": "services: {a: {build: {args: {A: \"\(text)\"}}}}\n"]).isEmpty)
        #expect(!Self.messages(["compose.yaml": "services: {a: {build: {args: {A: \"\(wide)\"}}}}\n"]).isEmpty)
    }

    @Test("Files that include one another twice each are refused before they are millions")
    func diamonds() {
        var files = [
            "compose.yaml": "include: [f0.yaml]\nservices: {a: {build: .}}\n",
            "f40.yaml": "services: {b: {build: .}}\n",
        ]
        for number in 0..<40 { files["f\(number).yaml"] = "include: [f\(number + 1).yaml, f\(number + 1).yaml]\n" }
        #expect(Self.messages(files).contains { $0.contains("more than 256 files") })
    }

    @Test("Services that extend each other in a long row are refused")
    func longRow() {
        let services = (1...200).map { "  s\($0): {extends: s\($0 + 1)}\n" }.joined()
        let text = "services:\n" + services + "  s201: {build: .}\n"
        #expect(Self.messages(["compose.yaml": text]).contains { $0.contains("more than 64 services") })
    }

    @Test("Long lists that many services extend are refused before they fill the memory")
    func longLists() {
        let list = (0..<60_000).map { "a\($0)" }.joined(separator: ",")
        let services = (0..<60).map { "  s\($0): {extends: base, build: {platforms: [x]}}\n" }.joined()
        let text = "services:\n  base: {build: {platforms: [\(list)]}}\n" + services
        #expect(Self.messages(["compose.yaml": text]).contains { $0.contains("merging makes more than") })
    }
}
