import CaissonGoRegex

/// A pattern translated to a regular expression as Docker does, and to a simpler glob if that has the same meaning.
///
/// Docker's translation has quirks that decide what ends up in an image, so they are kept: `|`, `{`, `}` and `^` reach
/// the regular expression unescaped, `\` before a letter becomes an escape of the regular expression (`\d`), a wildcard
/// between `[` and `]` is translated as well, and all this only if a wildcard makes the pattern a regular expression at
/// all.
struct PatternTranslation {
    /// The test that the pattern needs.
    enum Kind { case exact, prefix, suffix, regex }

    /// The test that the pattern needs.
    private(set) var kind = Kind.exact
    /// The regular expression as scalars, anchored.
    private(set) var regex: [UInt32] = [UInt32(UInt8(ascii: "^"))]
    /// The same as a glob, or nil if only the regular expression has the right meaning.
    var globOperations: [Glob.Operation]? { isGlob ? operations : nil }

    private var operations: [Glob.Operation] = []
    private var isGlob = true
    private var rest: ArraySlice<UInt32>

    /// Translates a cleaned pattern.
    init(_ text: [UInt8]) {
        var all = scalars(of: text)[...]
        // Docker reads the pattern with Go's text/scanner, which drops a byte order mark.
        if all.first == 0xFEFF { all = all.dropFirst() }
        rest = all
        var isFirst = true
        while let scalar = rest.popFirst() {
            translate(scalar, isFirst: isFirst)
            isFirst = false
        }
        if kind == .regex { append("$") }
    }

    private mutating func translate(_ scalar: UInt32, isFirst: Bool) {
        switch scalar {
        case "*":
            if rest.first == "*" {
                rest.removeFirst()
                translateDoubleStar(isFirst: isFirst)
            } else {
                append("[^/]*", .star)
            }
        case "?": append("[^/]", .anyScalar)
        case ".", "+", "(", ")", "$":
            append("\\")
            regex.append(scalar)
            appendLiteral(scalar)
        case "\\": translateEscape()
        case "[", "]":
            regex.append(scalar)
            kind = .regex
            isGlob = false
        case "|", "{", "}", "^", replacementScalar:
            regex.append(scalar)
            isGlob = false
        default:
            regex.append(scalar)
            appendLiteral(scalar)
        }
    }

    private mutating func translateDoubleStar(isFirst: Bool) {
        if rest.first == "/" { rest.removeFirst() }
        if !rest.isEmpty {
            // In the middle of a name it may also match nothing, and then the part before it could match more; the
            // glob's matcher isn't made for that.
            switch operations.last {
            case nil, .byte(slash), .directories: break
            default: isGlob = false
            }
            append("(.*/)?", .directories)
        } else if kind == .exact {
            kind = .prefix
        } else {
            append(".*", .everything)
        }
        if isFirst { kind = .suffix }
    }

    private mutating func translateEscape() {
        append("\\")
        guard let next = rest.popFirst() else { return isGlob = false }
        regex.append(next)
        kind = .regex
        let isWord = Unicode.Scalar(next).map {
            $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
        }
        if next < 0x80, isWord == false {
            appendLiteral(next)
        } else {
            isGlob = false
        }
    }

    private mutating func append(_ text: String, _ operation: Glob.Operation) {
        append(text)
        operations.append(operation)
        kind = .regex
    }

    private mutating func append(_ text: String) {
        regex.append(contentsOf: text.unicodeScalars.lazy.map(\.value))
    }

    private mutating func appendLiteral(_ scalar: UInt32) {
        var bytes: [UInt8] = []
        appendUTF8(scalar, to: &bytes)
        operations.append(contentsOf: bytes.map { .byte($0) })
    }
}
