import CaissonText

/// Breaks texts into lines of a width.
struct HelpWrapping: Sendable {
    /// The most cells of a line.
    let width: Int

    /// The words of a text in lines; a word that is longer than a line is broken behind a sign that parts it.
    func lines(_ text: String, indent: Int = 0) -> [String] {
        let margin = String(repeating: " ", count: min(indent, width / 2))
        let room = width - margin.count
        let words = text.split(separator: " ").flatMap { broken(String($0), room) }
        return filled(words, firstRoom: room, room: room, join: "").map { margin + $0 }
    }

    /// A command line, which stays one that can be typed: it is broken between words, with a backslash.
    ///
    /// - Parameter hangingBy: The columns before the second line and those after it.
    func command(_ line: String, hangingBy: Int) -> [String] {
        let start = String(line.prefix { $0 == " " })
        let isUsage = line.hasPrefix("USAGE")
        let join = isUsage ? "" : " \\"
        let room = width - hangingBy - join.count
        var words = paired(Self.words(of: line.trimmed), room)
        if isUsage { words = words.flatMap { $0.count > room ? $0.pieces(at: " ") : [$0] } }
        let lines = filled(words, firstRoom: width - start.count, room: width - hangingBy, join: join)
        let margin = String(repeating: " ", count: hangingBy)
        return lines.enumerated().map { ($0.offset == 0 ? start : margin) + $0.element }
    }

    /// The words with each option and its value as one, where they fit in a line.
    private func paired(_ words: [String], _ room: Int) -> [String] {
        var pairs: [String] = []
        for word in words {
            if let last = pairs.last, last.hasPrefix("-"), !last.contains(" "), !word.hasPrefix("-"),
                last.count + 1 + word.count <= room
            {
                pairs[pairs.count - 1] += " " + word
            } else {
                pairs.append(word)
            }
        }
        return pairs
    }

    /// Words put into as few lines as they fit in, each but the last with something at its end.
    private func filled(_ words: [String], firstRoom: Int, room: Int, join: String) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in words {
            let limit = (lines.isEmpty ? firstRoom : room) - join.count
            if !line.isEmpty, line.count + 1 + word.count > limit {
                lines.append(line + join)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return lines + [line]
    }

    /// A word in pieces of a length, each with the sign at its end that it is parted by.
    private func broken(_ word: String, _ room: Int) -> [String] {
        var pieces: [String] = []
        var rest = word[...]
        while rest.count > room, room > 1 {
            let part = rest.prefix(room)
            // A piece of a few letters helps nobody.
            let place = part.lastIndex { "|,=/]:.-…".contains($0) }.flatMap {
                $0 > part.startIndex ? part.index(after: $0) : nil
            }
            let end = place ?? part.endIndex
            pieces.append(String(rest[..<end]))
            rest = rest[end...]
        }
        return pieces + (rest.isEmpty ? [] : [String(rest)])
    }

    /// The words of a command line; what is in quotes, brackets or braces is one.
    private static func words(of line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var depth = 0
        var quote: Character?
        for character in line {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "[" || character == "{" {
                depth += 1
            } else if character == "]" || character == "}" {
                depth -= 1
            }
            if character == " ", quote == nil, depth <= 0 {
                words.append(word)
                word = ""
            } else {
                word.append(character)
            }
        }
        return (words + [word]).filter { !$0.isEmpty }
    }
}
