import Glibc

/// Paths as strings. A path is bytes, which need not be UTF-8, while a string is always Unicode.
///
/// A byte that is part of no scalar stands as one of 128 scalars at the end of the last private area, U+10FE80 to U+10FEFF,
/// and so do the bytes of these scalars themselves, so that every path has a string that gives its bytes back. What is shown
/// to people has such a byte as `\xff`.
extension String {
    /// The string that stands for a path.
    package init(pathBytes bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        if let text = String(validating: bytes, as: UTF8.self), !text.mayHaveRawBytes {
            self = text
            return
        }
        var scalars = String.UnicodeScalarView()
        var index = 0
        while index < bytes.count {
            let end = index + UnicodeScalar.length(startingWith: bytes[index])
            let part = end <= bytes.count ? String(validating: bytes[index..<end], as: UTF8.self) : nil
            if let scalar = part?.unicodeScalars.first, scalar.rawByte == nil {
                scalars.append(scalar)
                index = end
            } else {
                scalars.append(UnicodeScalar(rawByte: bytes[index]))
                index += 1
            }
        }
        self.init(scalars)
    }

    /// The string that stands for a path that the system gave.
    package init(cPath path: UnsafePointer<CChar>) {
        self.init(pathBytes: UnsafeRawBufferPointer(start: path, count: strlen(path)))
    }

    /// The bytes of the path that this string stands for.
    package var pathBytes: [UInt8] {
        guard mayHaveRawBytes else { return Array(utf8) }
        var bytes: [UInt8] = []
        for scalar in unicodeScalars {
            if let byte = scalar.rawByte { bytes.append(byte) } else { bytes += Array(String(scalar).utf8) }
        }
        return bytes
    }

    /// The path for a system call: its bytes with a NUL behind them.
    package var cPath: [CChar] { pathBytes.map { CChar(bitPattern: $0) } + [0] }

    /// Whether it stands for a path that isn't UTF-8.
    package var hasRawBytes: Bool { mayHaveRawBytes && unicodeScalars.contains { $0.rawByte != nil } }

    /// Whether there is a scalar of the last planes; nearly no text has one.
    private var mayHaveRawBytes: Bool { utf8.contains(0xF4) }
}

extension UnicodeScalar {
    private static let firstRaw: UInt32 = 0x10FE00

    /// The byte of a path that this scalar stands for; nil for all other scalars.
    package var rawByte: UInt8? {
        (Self.firstRaw + 0x80...Self.firstRaw + 0xFF).contains(value) ? UInt8(value - Self.firstRaw) : nil
    }

    /// The scalar that stands for a byte over 0x7F; the byte itself below.
    fileprivate init(rawByte byte: UInt8) {
        self = byte < 0x80 ? UnicodeScalar(byte) : UnicodeScalar(Self.firstRaw + UInt32(byte)) ?? "\u{FFFD}"
    }

    /// How many bytes of UTF-8 begin with this one; 1 for what begins none.
    fileprivate static func length(startingWith byte: UInt8) -> Int {
        switch byte {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// The byte as it is shown, such as `\xff`; nil for scalars that stand for none.
    package var shownByte: String? {
        guard let byte = rawByte else { return nil }
        return "\\x" + String(byte, radix: 16)
    }
}
