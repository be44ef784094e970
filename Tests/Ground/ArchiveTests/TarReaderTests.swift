import Testing

@testable import CaissonArchive

@Suite struct TarReaderTests {
    @Test(arguments: ["", "hello, this is no tar", String(repeating: "\u{0}", count: 100)])
    func `what is no tar is an error`(_ text: String) {
        #expect(throws: ArchiveError.self) { _ = try entries(of: Array(text.utf8)) }
    }

    @Test func `a tar that breaks off is an error, wherever it does`() throws {
        let whole = try tar([file("a", [UInt8](repeating: 7, count: 2000)), file("b", [1])])
        for end in [1, 511, 513, 1500, 2559] {
            #expect(throws: ArchiveError.self, "\(end) bytes") { _ = try entries(of: Array(whole[..<end])) }
        }
        #expect(try entries(of: whole, piece: 1).count == 2)
    }

    @Test func `each limit refuses what is beyond it`() throws {
        let name = String(repeating: "n", count: 200)
        var entry = file(name, [1, 2, 3])
        entry.0.attributes = [TarAttribute(name: "user.a", value: [UInt8](repeating: 1, count: 100))]
        let bytes = try tar([entry, file("b", [1])])
        #expect(try entries(of: bytes).count == 2)
        let changes: [(inout TarReader.Limits) -> Void] = [
            { $0.entries = 1 }, { $0.nameLength = 199 }, { $0.attributeBytes = 50 }, { $0.contentBytes = 3 },
        ]
        for change in changes {
            var limits = TarReader.Limits()
            change(&limits)
            let error = #expect(throws: ArchiveError.self) { _ = try entries(of: bytes, limits: limits) }
            #expect(error?.code == .limitExceeded)
        }
    }

    @Test func `a small archive that unpacks without an end is refused`() throws {
        let bytes = try tar([file("zeros", [UInt8](repeating: 0, count: 8 << 20))], compression: .zstd)
        var limits = TarReader.Limits()
        limits.expansion = 100
        let error = #expect(throws: ArchiveError.self) { _ = try entries(of: bytes, limits: limits) }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `the source's failure comes out as it is`() throws {
        let failure = ArchiveError(.closed, "gone")
        let error = #expect(throws: ArchiveError.self) {
            var reader = try TarReader.open { () throws(ArchiveError) in throw failure }
            _ = try reader.next()
        }
        #expect(error == failure)
    }

    @Test func `no damage to a tar makes the reader trap`() throws {
        var odd = file("long/" + String(repeating: "\u{e9}", count: 120), [1, 2, 3])
        odd.0.attributes = [TarAttribute(name: "user.x", value: [1, 2])]
        let whole = try tar([odd, file("b", [UInt8](repeating: 3, count: 600))])
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: bytes.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            // An error or other entries: both are right.
            _ = try? entries(of: bytes)
        }
    }
}
