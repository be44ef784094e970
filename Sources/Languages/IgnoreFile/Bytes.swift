import CaissonGoRegex

// File names are bytes. These are the few functions on bytes from Go's `strings`, `unicode/utf8` and `filepath` by
// which the meaning of ignore patterns is defined.

let slash = UInt8(ascii: "/")
let backslash = UInt8(ascii: "\\")

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
