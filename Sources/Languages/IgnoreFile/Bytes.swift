// File names are bytes. These are the few functions on bytes from Go's `strings`, `unicode/utf8` and `filepath` by
// which the meaning of ignore patterns is defined.

/// The scalar for a byte that isn't part of valid UTF-8.
let replacementScalar: UInt32 = 0xFFFD

let slash = UInt8(ascii: "/")
let backslash = UInt8(ascii: "\\")

/// The scalar at `index` and its width; a byte that isn't valid UTF-8 is U+FFFD of width 1, as in Go.
func decodeScalar(_ bytes: Span<UInt8>, at index: Int) -> (scalar: UInt32, width: Int) {
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
func scalars(of bytes: [UInt8]) -> [UInt32] {
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
func appendUTF8(_ scalar: UInt32, to bytes: inout [UInt8]) {
    guard let value = Unicode.Scalar(scalar) else { return }
    bytes.append(contentsOf: UTF8.encode(value) ?? UTF8.encodedReplacementCharacter)
}

/// The bytes without Unicode white space at either end.
func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var start: Int?
    var end = bytes.startIndex
    var index = 0
    while index < bytes.count {
        let (scalar, width) = decodeScalar(bytes.span, at: index)
        if !isSpace(scalar) {
            start = start ?? bytes.startIndex + index
            end = bytes.startIndex + index + width
        }
        index += width
    }
    return bytes[(start ?? end)..<end]
}

private func isSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
    default: false
    }
}

/// The shortest path with the same meaning, decided by its text alone: without empty, `.` or needless `..` components.
package func cleanedPath(_ path: ArraySlice<UInt8>) -> [UInt8] {
    let isRooted = path.first == slash
    let dot = UInt8(ascii: ".")
    var kept: [ArraySlice<UInt8>] = []
    for component in path.split(separator: slash) where !component.elementsEqual([dot]) {
        if component.elementsEqual([dot, dot]) {
            if let last = kept.last, !last.elementsEqual([dot, dot]) {
                kept.removeLast()
            } else if !isRooted {
                kept.append(component)
            }
        } else {
            kept.append(component)
        }
    }
    let joined = (isRooted ? [slash] : []) + kept.joined(separator: [slash])
    return joined.isEmpty ? [dot] : joined
}
