/// The colours of progress and errors as escape sequences; all empty when there are no colours.
///
/// They come from `BUILDKIT_COLORS=run=green:error=255,0,0:…` with the keys `run`, `cancel`, `warning` and `error`,
/// read as BuildKit's clients do; a part that can't be read is passed over. `NO_COLOR` with any value turns colours
/// off.
package struct ProgressColors: Sendable, Hashable {
    /// Steps that ended well.
    package var run = ""
    /// Steps that were stopped.
    package var cancel = ""
    /// Warnings.
    package var warning = ""
    /// Steps that failed.
    package var error = ""
    /// Output of steps.
    package var faint = ""

    /// No colours.
    package static let none = ProgressColors()
    /// BuildKit's colours.
    package static let standard = ProgressColors(
        run: "\u{1B}[34m",
        cancel: "\u{1B}[33m",
        warning: "\u{1B}[33m",
        error: "\u{1B}[31m",
        faint: "\u{1B}[2m"
    )

    package init(run: String = "", cancel: String = "", warning: String = "", error: String = "", faint: String = "") {
        self.run = run
        self.cancel = cancel
        self.warning = warning
        self.error = error
        self.faint = faint
    }

    /// Reads the colours from the environment; output that isn't a terminal gets none.
    package init(environment: [String: String], isTerminal: Bool) {
        guard isTerminal, environment["NO_COLOR", default: ""].isEmpty else {
            self = .none
            return
        }
        self = .standard
        for field in environment["BUILDKIT_COLORS", default: ""].split(separator: ":") {
            let parts = field.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let sequence = Self.sequence(String(parts[1])) else { continue }
            switch parts[0].lowercased() {
            case "run": run = sequence
            case "cancel": cancel = sequence
            case "warning": warning = sequence
            case "error": error = sequence
            default: continue
            }
        }
    }

    /// The text in a colour, which is switched off after it.
    package func apply(_ color: String, to text: String) -> String {
        color.isEmpty || text.isEmpty ? text : "\(color)\(text)\u{1B}[0m"
    }

    private static func sequence(_ value: String) -> String? {
        let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
        let name = value.lowercased()
        if name == "default" { return "\u{1B}[39m" }
        if let index = names.firstIndex(of: name) { return "\u{1B}[\(30 + index)m" }
        if name.hasPrefix("light-"), let index = names.firstIndex(of: String(name.dropFirst(6))) {
            return "\u{1B}[\(90 + index)m"
        }
        let parts = value.split(separator: ",", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 3, let red = parts[0], let green = parts[1], let blue = parts[2] else { return nil }
        return "\u{1B}[38;5;\(16 + 36 * Int(red / 43) + 6 * Int(green / 43) + Int(blue / 43))m"
    }
}
