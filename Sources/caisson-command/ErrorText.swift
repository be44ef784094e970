import BuildModel

/// What is printed for an error.
enum ErrorText {
    /// `error: …`, and a line with a hint where one is given.
    static func of(_ error: BuildError, hint: String? = nil) -> String {
        "error: \(singleLine(error.message))\n" + (hint.map { "hint: \($0)\n" } ?? "")
    }

    /// The text on one line without what could steer a terminal: messages quote engines and file names.
    private static func singleLine(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator:
                out += scalar == "\n" || scalar == "\t" ? " " : scalar.escaped(asASCII: true)
            case .format:
                out += scalar.escaped(asASCII: true)
            default:
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
