import Foundation
import Testing

@testable import CaissonConfiguration

/// The pages that tell of the configuration.
@Suite struct DocumentationTests {
    private static func page(_ name: String) throws -> String {
        let folder = URL(filePath: #filePath).appending(path: "../../../../Documentation").standardized
        return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test(arguments: ConfigurationKey.tables) func `the page has each table of keys`(table: String) throws {
        let section = "## [\(table)]\n\n\(ConfigurationKey.documentation(of: table))"
        let page = try Self.page("configuration.md")
        #expect(page.contains(section), "put this into Documentation/configuration.md:\n\(section)")
    }

    @Test func `the page has no other table of keys`() throws {
        let heads = try Self.page("configuration.md").matches(of: #/\n## \[([a-z_.]+)\]/#).map { String($0.output.1) }
        #expect(heads == ConfigurationKey.tables + ConfigurationKey.foreignTables)
    }

    @Test func `the page of variables has those that win over the file`() throws {
        let page = try Self.page("environment.md")
        let named = page.matches(of: #/\n\| `(BUILD_ENGINE_[A-Z_]+)`/#).map { String($0.output.1) }
        #expect(Set(named) == Set(ConfigurationKey.all.compactMap(\.variable)) && named.count == Set(named).count)
    }
}
