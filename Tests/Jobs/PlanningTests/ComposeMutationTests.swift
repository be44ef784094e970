@testable import CaissonPlanning
import Testing

@Suite("Compose files that nobody wrote")
struct ComposeMutationTests {
    /// A generator whose numbers depend on nothing but its seed.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let mixed = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
            return mixed ^ (mixed >> 33)
        }
    }

    private static let pieces = [
        "${", "}", "$$", ":-", "<<: ", "*a", "&a ", "!reset ", "!override ", "[", "]", "{", "}", ": ", "\n", "  ", "- ",
        "\"",
        "'", "#", "null", "~", "1e999", "2026-01-31", "-1", "\u{FEFF}", "\u{0}", "services:", "build:", "extends:",
        "include:",
        "x-bake:", "---\n", "=", ",", "..", "~/", "\u{1F600}", "9223372036854775808",
    ]

    /// Bytes with some of them removed, doubled, changed or with a piece of compose between them.
    private static func mutated(_ bytes: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...2, using: &numbers) {
            let place = Int.random(in: 0...bytes.count, using: &numbers)
            let end = min(bytes.count, place + Int.random(in: 0...12, using: &numbers))
            switch Int.random(in: 0..<5, using: &numbers) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
            default:
                let piece = pieces[Int.random(in: 0..<pieces.count, using: &numbers)]
                bytes.insert(contentsOf: piece.utf8, at: place)
            }
        }
        return bytes
    }

    @Test("They are read or refused, always the same way", arguments: [1, 2, 3])
    func mutations(seed: UInt64) throws {
        var numbers = Numbers(state: seed)
        var accepted = 0
        var refused = 0
        for example in try ComposeCase.all() {
            let sources = example.sources { _, bytes in Self.mutated(bytes, &numbers) }
            do {
                let project = try ComposeProject(loading: sources)
                #expect(try ComposeProject(loading: sources).targets == project.targets)
                accepted += 1
            } catch {
                #expect(!error.problems.isEmpty && error.problems.allSatisfy { !$0.message.isEmpty })
                refused += 1
            }
        }
        #expect(accepted > 50 && refused > 50, "\(accepted) accepted, \(refused) refused")
    }
}
