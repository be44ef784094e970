/// Inputs for readers that must stand whatever comes.
enum RandomBytes {
    /// Bytes of no form.
    static func any(upTo count: Int) -> [UInt8] { (0..<Int.random(in: 0...count)).map { _ in .random(in: 0...255) } }

    /// Pieces, put together at random, with bytes of no form between some of them.
    static func joined(_ pieces: [String], upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count)).flatMap { _ in
            Int.random(in: 0..<10) == 0 ? any(upTo: 2) : Array((pieces.randomElement() ?? "").utf8)
        }
    }

    /// A valid input with some bytes changed, left out, doubled, or added.
    static func mutated(_ valid: [UInt8]) -> [UInt8] {
        var bytes = valid
        for _ in 0..<Int.random(in: 1...4) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count)
            switch Int.random(in: 0..<5) {
            case 0: bytes[place] = .random(in: 0...255)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert([0x0A, 0x0D, 0x20, 0x5C, 0xCC, 0x81, 0].randomElement() ?? 0, at: place)
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }
}
