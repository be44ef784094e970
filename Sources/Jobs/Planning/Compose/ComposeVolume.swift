import CaissonText

/// A volume's short form: `[SOURCE:]TARGET[:OPTIONS]`.
enum ComposeVolume {
    /// What is wrong with a short form; nil for a right one.
    static func problem(of text: String) -> String? {
        guard !text.isEmpty else { return "the volume is empty; write SOURCE:TARGET" }
        guard text.unicodeScalars.count > 2 else { return nil }
        let parts = parts(of: text)
        guard !parts.contains("") else { return "\(text.quoted) is no volume: a part between its colons is empty" }
        guard parts.count <= 3 else { return "\(text.quoted) is no volume: it has more than three parts" }
        return nil
    }

    /// Where a short form mounts its volume.
    static func target(of text: String) -> String {
        let parts = text.unicodeScalars.count > 2 ? parts(of: text) : [text]
        return parts.count > 1 ? parts[1] : parts[0]
    }

    /// The parts between colons; the colon of a Windows drive and those in variables' braces don't divide.
    private static func parts(of text: String) -> [String] {
        var parts: [String.UnicodeScalarView] = [.init()]
        var depth = 0
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let last = parts.count - 1
            if scalar == "$", index + 1 < scalars.count, scalars[index + 1] == "{" { depth += 1 }
            if scalar == "}", depth > 0 { depth -= 1 }
            let isDrive = parts[last].count == 1 && parts[last].first?.properties.isAlphabetic == true
            if scalar == ":", depth == 0, !isDrive {
                parts.append(.init())
            } else {
                parts[last].append(scalar)
            }
        }
        return parts.map { String($0) }
    }
}
