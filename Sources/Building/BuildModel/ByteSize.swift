import CaissonText

/// A number of bytes as docker's flags spell it: `64m`, `1.5g`, `512kb`, `2GiB`; all units are powers of 1024.
public struct ByteSize: Sendable, Hashable {
    /// The number of bytes; never negative.
    public var bytes: Int64

    /// Makes a size; a negative number counts as none.
    public init(bytes: Int64) {
        self.bytes = max(bytes, 0)
    }

    /// Reads a number with an optional unit of b, k, m, g, t or p, in any case, with or without `b` or `ib` after it.
    public init(parsing text: String) throws(ParseError) {
        func wrong(_ problem: String) -> ParseError {
            ParseError("size", text, problem, expected: "a number with b, k, m, g, t or p after it, e.g. 64m")
        }
        let number = text.utf8.prefix { $0.isDigit || $0 == UInt8(ascii: ".") }
        let unit = String(Substring(text.utf8.dropFirst(number.count))).trimmed.lowercased()
        guard let shift = Self.shift(ofUnit: unit) else {
            throw wrong(number.isEmpty ? "it has no number" : "unknown unit \(unit.quoted)")
        }
        let (whole, fraction) = String(Substring(number)).cut(at: ".") ?? (String(Substring(number)), "")
        guard !whole.isEmpty || !fraction.isEmpty, fraction.utf8.allSatisfy(\.isDigit) else {
            throw wrong("it has no number")
        }
        guard let count = Int64(whole.isEmpty ? "0" : whole), count <= Int64.max >> shift else {
            throw wrong("it is too large")
        }
        // 15 digits are exact in a Double, and a fraction of less than a byte is cut off anyway.
        let digits = fraction.utf8.prefix(15).map { Double($0 - 0x30) }
        let part = digits.reversed().reduce(0.0) { ($0 + $1) / 10 }
        let (total, overflow) = (count << shift).addingReportingOverflow(Int64(part * Double(Int64(1) << shift)))
        guard !overflow else { throw wrong("it is too large") }
        self.init(bytes: total)
    }

    private static let units: [(letter: String, shift: Int64)] = [
        ("p", 50), ("t", 40), ("g", 30), ("m", 20), ("k", 10),
    ]

    private static func shift(ofUnit unit: String) -> Int64? {
        if unit.isEmpty || unit == "b" { return 0 }
        return units.first { [$0.letter, $0.letter + "b", $0.letter + "ib"].contains(unit) }?.shift
    }
}

extension ByteSize: CustomStringConvertible {
    /// The number in the largest unit that divides it.
    public var description: String {
        let unit = Self.units.first { bytes > 0 && bytes & ((1 << $0.shift) - 1) == 0 }
        return unit.map { "\(bytes >> $0.shift)\($0.letter)" } ?? "\(bytes)"
    }
}
