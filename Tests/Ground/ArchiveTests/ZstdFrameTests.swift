import Testing

@testable import CaissonArchive

/// Frames of Zstandard, one by one.
@Suite struct ZstdFrameTests {
    @Test(arguments: [1, 2, 100, 65_536, 1 << 20, (1 << 20) + 1, 3_000_000])
    func `a frame gives back what it was made of`(count: Int) throws {
        var state: UInt64 = 7
        let noise = (0..<count).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1
            return UInt8(truncatingIfNeeded: state >> 40)
        }
        for bytes in [noise, [UInt8](repeating: 65, count: count)] {
            let frame = try ZstdFrame.compressed(bytes)
            #expect(try ZstdFrame.content(of: frame, limit: count) == bytes)
            #expect(frame.count <= count + 100)
        }
    }

    @Test func `nothing is no frame`() throws {
        #expect(try ZstdFrame.compressed([]) == [])
        #expect(try ZstdFrame.content(of: [], limit: 10) == [])
    }

    @Test func `the same bytes give the same frame`() throws {
        let bytes = [UInt8](repeating: 65, count: 1 << 20)
        #expect(try ZstdFrame.compressed(bytes) == ZstdFrame.compressed(bytes))
    }

    @Test func `more than allowed is refused`() throws {
        let frame = try ZstdFrame.compressed([UInt8](repeating: 65, count: 1 << 24))
        do {
            _ = try ZstdFrame.content(of: frame, limit: 1 << 20)
            Issue.record("it was read")
        } catch {
            #expect(error.code == .limitExceeded)
        }
    }

    @Test func `a frame that is cut or of another form is an error`() throws {
        let frame = try ZstdFrame.compressed(
            Array("a text that is long enough to be compressed, compressed, compressed".utf8)
        )
        for cut in 1..<frame.count {
            #expect(throws: ArchiveError.self) { try ZstdFrame.content(of: Array(frame.prefix(cut)), limit: 1000) }
        }
        for other in [Array("plain text".utf8), [0x1F, 0x8B, 8, 0], [0x28, 0xB5, 0x2F, 0xFD]] {
            #expect(throws: ArchiveError.self) { try ZstdFrame.content(of: other, limit: 1000) }
        }
    }
}
