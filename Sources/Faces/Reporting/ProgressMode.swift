/// How progress is shown.
package enum ProgressMode: String, Sendable, Hashable, CaseIterable {
    /// `tty` on a terminal, else `plain`.
    case auto
    /// Redrawn in place.
    case tty
    /// Text that is only appended to.
    case plain
    /// Nothing but the image's id, which the command prints.
    case quiet
    /// Lines of JSON.
    case rawjson
    /// Nothing; docker's older spelling of `quiet`.
    case none

    /// The mode that is used in the end, which is never `auto` or `none`.
    ///
    /// - Parameters:
    ///   - environment: `BUILDKIT_PROGRESS` replaces `auto`, if it names a mode; `TERM=dumb` makes `auto` plain.
    ///   - isTerminal: Whether standard error is a terminal.
    package func resolved(environment: [String: String], isTerminal: Bool) -> ProgressMode {
        var mode = self
        if mode == .auto, let wish = environment["BUILDKIT_PROGRESS"], let named = ProgressMode(rawValue: wish) {
            mode = named
        }
        switch mode {
        case .auto:
            return isTerminal && environment["TERM", default: ""] != "dumb" ? .tty : .plain
        // Only a terminal can be redrawn.
        case .tty: return isTerminal ? .tty : .plain
        case .none: return .quiet
        case .plain, .quiet, .rawjson: return mode
        }
    }
}
