extension String {
    /// The text in double quotes on one line: control characters are shown as escapes, a long text is cut.
    package var quoted: String {
        var out = "\""
        for (count, scalar) in unicodeScalars.enumerated() {
            if count == 160 {
                out += "…"
                break
            }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                out += scalar.shownByte ?? scalar.escaped(asASCII: true)
            default:
                out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
