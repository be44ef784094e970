import ArgumentParser
import Foundation
import Testing

@testable import caisson

/// The documentation's pages of the commands: `Documentation/<command>.md`.
@Suite struct CommandPagesTests {
    private static let folder = URL(filePath: #filePath).appending(path: "../../../../Documentation").standardized

    private static func page(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// The names of the subcommands that help shows.
    private static func parts(of command: any ParsableCommand.Type) -> [String] {
        command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
            .compactMap { $0.configuration.commandName }
    }

    @Test(arguments: Caisson.verbs) func `each command has a page with examples`(verb: String) throws {
        let text = try Self.page(verb + ".md")
        #expect(text.hasPrefix("# caisson \(verb)\n\n"))
        #expect(text.contains("\n```sh\n") && text.hasSuffix("\n[All pages](README.md)\n"))
        #expect(try Self.page("README.md").contains("| [caisson \(verb)](\(verb).md) |"))
    }

    @Test func `each part of a command has a heading on its page`() throws {
        for command in Caisson.configuration.subcommands {
            let verb = try #require(command.configuration.commandName)
            let text = try Self.page(verb + ".md")
            let missing = Self.parts(of: command).filter { !text.contains("\n## caisson \(verb) \($0)\n") }
            #expect(missing == [], "caisson \(verb)")
        }
    }

    @Test func `the table of commands has the names that the commands have`() {
        for (name, command) in Caisson.commands { #expect(command.configuration.commandName == name) }
        #expect(Caisson.configuration.subcommands.count == Caisson.commands.count)
    }
}
