/// Texts within GitHub's Markdown and the HTML that it allows.
enum MarkdownText {
    /// The text as it comes, whatever it holds: no sign of it is one of Markdown, HTML or a table.
    ///
    /// - Parameter limit: The most characters that are shown.
    static func plain(_ text: String, limit: Int = 200) -> String {
        var out = ""
        var before: Unicode.Scalar = " "
        for scalar in cut(SafeText.line(text), limit).unicodeScalars {
            switch scalar {
            case "0"..."9", "A"..."Z", "a"..."z", " ", ",", "/", "=", "-", "%", "+": out.unicodeScalars.append(scalar)
            // Not where it would make an address, which becomes a link.
            case "." where before != "w" && before != "W", ":" where before != "p" && before != "s":
                out.unicodeScalars.append(scalar)
            case _ where scalar.isASCII: out += "&#\(scalar.value);"
            default: out.unicodeScalars.append(scalar)
            }
            before = scalar
        }
        return out
    }

    /// The same as code, in which GitHub looks for no names of people, issues or pictures.
    static func code(_ text: String, limit: Int = 200) -> String { "<code>\(plain(text, limit: limit))</code>" }

    /// The text within an element of HTML that keeps its lines.
    static func preformatted(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    private static func cut(_ text: String, _ limit: Int) -> String {
        let scalars = text.unicodeScalars
        return scalars.count > limit ? String(scalars.prefix(limit)) + "..." : text
    }
}
