// Texts are bytes here that need not be UTF-8, as in Go.

/// What a byte that is no part of valid UTF-8 stands for.
@inlinable package var replacementScalar: UInt32 { 0xFFFD }

/// The scalar at `index` and its width; a byte that isn't valid UTF-8 is U+FFFD of width 1, as in Go.
@inlinable
package func decodeScalar(_ bytes: Span<UInt8>, at index: Int) -> (scalar: UInt32, width: Int) {
    let first = UInt32(bytes[index])
    if first < 0x80 { return (first, 1) }
    let width: Int
    switch first {
    case 0xC2...0xDF: width = 2
    case 0xE0...0xEF: width = 3
    case 0xF0...0xF4: width = 4
    default: return (replacementScalar, 1)
    }
    guard index + width <= bytes.count else { return (replacementScalar, 1) }
    var scalar = first & (0x7F >> UInt32(width))
    for offset in 1..<width {
        let byte = UInt32(bytes[index + offset])
        guard byte & 0xC0 == 0x80 else { return (replacementScalar, 1) }
        scalar = scalar << 6 | byte & 0x3F
    }
    let least: UInt32 = width == 2 ? 0x80 : width == 3 ? 0x800 : 0x10000
    let isValid = scalar >= least && scalar <= 0x10FFFF && !(0xD800..<0xE000).contains(scalar)
    return isValid ? (scalar, width) : (replacementScalar, 1)
}

/// All scalars of some bytes.
package func scalars(of bytes: [UInt8]) -> [UInt32] {
    var all: [UInt32] = []
    all.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
        let (scalar, width) = decodeScalar(bytes.span, at: index)
        all.append(scalar)
        index += width
    }
    return all
}

/// Appends a scalar as UTF-8.
package func appendUTF8(_ scalar: UInt32, to bytes: inout [UInt8]) {
    guard let value = Unicode.Scalar(scalar) else { return }
    bytes.append(contentsOf: UTF8.encode(value) ?? UTF8.encodedReplacementCharacter)
}

// The scalars of patterns are compared with literals throughout; these make `scalar == "*"` and `case "*":` possible.

/// Whether a scalar is there and is this one.
package func == (scalar: UInt32?, literal: Unicode.Scalar) -> Bool { scalar == literal.value }

/// Whether a scalar isn't there or isn't this one.
package func != (scalar: UInt32?, literal: Unicode.Scalar) -> Bool { scalar != literal.value }

/// Whether a scalar is this one.
package func ~= (literal: Unicode.Scalar, scalar: UInt32) -> Bool { scalar == literal.value }
