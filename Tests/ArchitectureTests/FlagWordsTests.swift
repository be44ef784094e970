import Foundation
import Testing

/// Below the command nothing knows how a field of a request is written: messages name fields, and the command has the flags.
@Suite struct FlagWordsTests {
    /// Files whose flags are those of other programs, or of a Dockerfile.
    private static let others = [
        "Building/Engines/Platforms/Emulation.swift": "the flags of docker, and of caisson builder create",
        "Building/Engines/Solving/CacheKeeping+Stages.swift": "COPY's",
        "Building/EngineDiscovery/DialCommand.swift": "those of buildctl and docker on the other machine",
    ]

    /// The flags that fields have, as the command spells them.
    private static func flags() throws -> [String] {
        let path = SourceTree.repository.appending(path: "Sources/Faces/caisson-command/BuildFlags.swift")
        let text = try String(contentsOf: path, encoding: .utf8)
        let rows = try #require(text.range(of: "extension RequestField {"))
        return text[rows.upperBound...].matches(of: /"(--[a-z-]+)"/).map { String($0.1) }
    }

    @Test func `messages of the modules below the command name fields, not flags`() throws {
        let flags = try Self.flags()
        #expect(flags.count > 30)
        var strays: [String] = []
        for file in try SourceTree.files() where ["Building", "Jobs"].contains(file.storey) {
            guard file.module != "PrivateEngine", Self.others[file.path] == nil else { continue }
            for (number, text) in file.codeLines where text.contains("--") {
                let words = text.split { !$0.isLetter && $0 != "-" }.map(String.init)
                strays += flags.filter(words.contains).map { "\(file.path):\(number): \($0)" }
            }
        }
        #expect(strays == [])
    }
}
