import CaissonJSON
@testable import CaissonPlanning
import Testing

@Suite("Compose files against bake's own answers")
struct ComposeFixtureTests {
    @Test("Targets are those that the peer prints, and what it refuses is refused", arguments: try ComposeCase.all())
    func targets(example: ComposeCase) throws {
        do {
            let printed = try ComposeProject(loading: example.sources()).printed()
            #expect(printed.goText() == example.expected?.sorted.goText() ?? "refused")
        } catch {
            #expect(example.expected == nil, "\(error)")
        }
    }

    @Test("A case that differs from the peer says why, and does differ")
    func differences() throws {
        let differing = try ComposeCase.all().filter { $0.differs || $0.saysWhy }
        #expect(differing.count > 5)
        for example in differing {
            #expect(example.differs && example.saysWhy, "\(example)")
            let peer = example.peer.hasPrefix("refused") ? nil : try JSON(parsing: Array(example.peer.utf8)).sorted
            #expect(peer != example.expected?.sorted, "\(example)")
        }
    }

    @Test("Every key of a build and of the extension stands in a case that is accepted")
    func keys() throws {
        let texts = try ComposeCase.all().filter { $0.expected != nil }.flatMap(\.files.values)
            .map { String(decoding: $0, as: UTF8.self) }
        let keys =
            Array(ComposeSchema.build.keys) + [
                "tags", "cache-from", "cache-to", "secret", "ssh", "platforms", "output", "pull", "no-cache",
                "no-cache-filter", "contexts",
            ]
        for key in keys {
            #expect(texts.contains { $0.contains("\(key):") }, "no case has the key \(key)")
        }
    }
}
