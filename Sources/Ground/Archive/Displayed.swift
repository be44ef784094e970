/// A path for people: printable text as it is, all else as `\xNN`.
func displayed(_ path: [UInt8]) -> String {
    let text = String(validating: path, as: UTF8.self)
    let isPlain = text?.unicodeScalars.allSatisfy { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }
    if let text, isPlain == true { return text }
    return path.map { byte in
        if (0x20..<0x7F).contains(byte) { return String(Unicode.Scalar(byte)) }
        return (byte < 16 ? "\\x0" : "\\x") + String(byte, radix: 16)
    }.joined()
}
