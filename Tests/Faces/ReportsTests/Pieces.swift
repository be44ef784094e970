import CaissonReports
import Testing

/// Looking for texts in texts.
extension String {
    /// What stands after each place of a text, up to the next one.
    func pieces(after text: String) -> [String] {
        let (bytes, wanted) = (Array(utf8), Array(text.utf8))
        var pieces: [String] = []
        var start: Int?
        var index = 0
        while index < bytes.count {
            guard bytes[index] == wanted.first, bytes[index...].starts(with: wanted) else {
                index += 1
                continue
            }
            if let start { pieces.append(String(decoding: bytes[start..<index], as: UTF8.self)) }
            index += wanted.count
            start = index
        }
        if let start { pieces.append(String(decoding: bytes[start...], as: UTF8.self)) }
        return pieces
    }

    /// What stands before the first place of a text.
    func pieces(before text: String) -> String? {
        let (bytes, wanted) = (Array(utf8), Array(text.utf8))
        let end = bytes.indices.first { bytes[$0...].starts(with: wanted) }
        return end.map { String(decoding: bytes[..<$0], as: UTF8.self) }
    }
}

/// Base64 read without the code under test.
enum Base64Reader {
    static func hex(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var (bits, count, out) = (0, 0, "")
        for character in text {
            guard let value = alphabet.firstIndex(of: character) else { break }
            (bits, count) = ((bits << 6 | value) & 0xFFFF, count + 6)
            guard count >= 8 else { continue }
            count -= 8
            let byte = bits >> count & 0xFF
            out += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return out
    }
}

extension Samples {
    /// The page of a name.
    static func page(_ name: String) throws -> ReportPage { try #require(all.first { $0.name == name }).page }
}
