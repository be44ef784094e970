import CaissonBuildModel
import CaissonJSON
import Testing

@testable import CaissonReporting

/// `--format` as Go's templates read it.
@Suite struct GoTemplateTests {
    private static let document =
        #"{"name":"a:1","manifest":{"digest":"sha256:0","manifests":[{"size":1},{"size":2}]},"image":{"os":"linux"}}"#

    private static func rendered(_ text: String) throws -> String {
        try GoTemplate(parsing: text).render(JSON(parsing: Array(document.utf8)))
    }

    @Test(arguments: [
        ("{{.Name}}", "a:1"), ("{{ .Manifest.Digest }}!", "sha256:0!"),
        ("{{range .Manifest.Manifests}}{{.Size}} {{end}}", "1 2 "), ("{{len .Manifest.Manifests}}", "2"),
        ("{{(index .Manifest.Manifests 1).Size}}", "2"), ("{{if .Image}}yes{{else}}no{{end}}", "yes"),
        ("{{if .SBOM}}yes{{else}}no{{end}}", "no"), ("{{.Name | json}}", #""a:1""#),
    ])
    func `a template is filled in`(text: String, output: String) throws {
        #expect(try Self.rendered(text) == output)
    }

    @Test(arguments: ["{{.Name", "{{end}}", "{{if .Name}}", "{{nope .Name}}", "{{.Name}} {{range .Manifest}}"])
    func `what is no template is refused`(text: String) {
        #expect(throws: ParseError.self) { try GoTemplate(parsing: text) }
    }

    @Test(arguments: [
        ("{{.Typo}}", "there is no .Typo (there are .Name, .Manifest)"), ("{{.Manifes}}", "did you mean .Manifest?"),
        ("{{json .name}}", "there is no .name"), ("{{if .Name}}{{.X}}{{end}}", "there is no .X"),
        ("{{(index .Y 1).Size}}", "there is no .Y"), ("{{range .Name}}{{else}}{{.Z}}{{end}}", "there is no .Z"),
    ])
    func `a field that the whole hasn't is an error`(text: String, words: String) throws {
        let template = try GoTemplate(parsing: text)
        let error = #expect(throws: BuildError.self) { try template.requireFields(among: ["Name", "Manifest"]) }
        #expect(error?.code == .usage && error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func `within range the point is an item`() throws {
        try GoTemplate(parsing: "{{range .Manifest.Manifests}}{{.Size}}{{end}}").requireFields(among: ["Manifest"])
    }
}
