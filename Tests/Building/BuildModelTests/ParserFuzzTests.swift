import CaissonBuildModel
import Testing

/// A small generator of the same numbers on every run, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

@Suite("Parsers and odd input")
struct ParserFuzzTests {
    private static let fragments = [
        "type=", "local", "image", "docker", "oci", "dest=", "push=true", ",", "\"", "=", ":", "::", "@", "/", "//",
        "-", ".",
        "a", "Z", "9", "1.5", "g", "linux", "arm64", "v8", "sha256:", "nofile", "host-gateway", "[", "]", "https://",
        "git@",
        "#", "?", "\u{301}", "\r\n", "\0", "é", "\u{FEFF}", "64m", "name=", "99999999999999999999", " ", "unpack=", "_",
    ]

    /// Random bytes for odd seeds, random joins of meaningful pieces for even ones.
    private static func text(seed: UInt64) -> String {
        var random = SeededGenerator(state: seed)
        let count = Int.random(in: 0...12, using: &random)
        guard seed.isMultiple(of: 2) else {
            let bytes = (0..<(count * 3)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            return String(decoding: bytes, as: UTF8.self)
        }
        return (0..<count).map { _ in fragments.randomElement(using: &random) ?? "" }.joined()
    }

    private func readsBack<Value: Equatable & CustomStringConvertible>(
        _ text: String,
        _ parse: (String) throws -> Value
    ) {
        guard let value = try? parse(text) else { return }
        let again = try? parse(value.description)
        #expect(again == value, "\(text.debugDescription) -> \(value.description.debugDescription)")
    }

    @Test("No text traps a parser, and what is read prints as something that is read back as the same")
    func totality() {
        for seed in 0..<6_000 as Range<UInt64> {
            let text = Self.text(seed: seed)
            readsBack(text) { try ImageReference(parsing: $0) }
            readsBack(text) { try Platform(parsing: $0) }
            readsBack(text) { try ExportSpec(parsing: $0) }
            readsBack(text) { try Ulimit(parsing: $0) }
            readsBack(text) { try ExtraHost(parsing: $0) }
            readsBack(text) { try ByteSize(parsing: $0) }
            readsBack(text) { try KeyValue(parsing: $0) }
            readsBack(text) { try NoCache(parsing: $0) }
            readsBack(text) { try ContextSource(parsing: $0) }
            readsBack(text) { try NetworkMode(parsing: $0) }
        }
    }

    @Test("A huge text is refused or read in no time")
    func huge() {
        let text = String(repeating: "a,=:/\"@", count: 100_000)
        let clock = ContinuousClock()
        let took = clock.measure {
            _ = try? ImageReference(parsing: text)
            _ = try? Platform.list(parsing: text)
            _ = try? ExportSpec(parsing: text)
            _ = try? ExtraHost.list(parsing: text)
            _ = try? ContextSource(parsing: text)
            let error = #expect(throws: ParseError.self) { try Ulimit(parsing: text) }
            #expect((error?.description.utf8.count ?? .max) < 2000)
        }
        #expect(took < .seconds(5))
    }
}
