package import CaissonBuildModel

/// What a text for people has to know of where it is shown.
package struct TextLayout: Sendable {
    /// How many cells a line has; nil where nothing is cut, as in a file.
    package var width: Int?
    /// The time that others are told by: `3 minutes ago`.
    package var now: Timestamp
    /// The colours.
    package var colors: ProgressColors
    /// Whether trees and bars may be drawn with signs beyond ASCII.
    package var drawsUnicode: Bool

    /// Makes a layout; without a width nothing is cut.
    package init(width: Int? = nil, now: Timestamp, colors: ProgressColors = .none, drawsUnicode: Bool = true) {
        self.width = width
        self.now = now
        self.colors = colors
        self.drawsUnicode = drawsUnicode
    }

    /// The text with blanks behind it, as many cells wide as it should be at least.
    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - CellWidth.cells(text)))
    }

    /// The text with blanks before it.
    static func indented(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - CellWidth.cells(text))) + text
    }
}

extension String {
    /// The text without blanks at its end.
    var withoutTrailingBlanks: String {
        var bytes = utf8[...]
        while bytes.last == 0x20 { bytes.removeLast() }
        return String(Substring(bytes))
    }
}

extension BuildRecord {
    /// What people call it: its target, else its image, its stage or where its files come from; safe to print.
    var title: String {
        // What containerd calls an image without a name.
        let made = images.first?.names.first { !$0.hasPrefix("moby-dangling@") }
        let names = [submission.name, submission.images.first, made, submission.target]
        return SafeText.line((names + [submission.context]).lazy.compactMap(\.self).first { !$0.isEmpty } ?? "")
    }

    /// The engine without its address; safe to print.
    var engineTitle: String {
        let full = SafeText.line(engine ?? "")
        return full.split(separator: " at ").first.map(String.init) ?? full
    }

    /// How long it ran, or runs up to now; nil where it never began, or nobody knows.
    func duration(now: Timestamp) -> Duration? {
        if let duration { return duration }
        guard status == .running, let started else { return nil }
        return .seconds(min(max(0, now.seconds(since: started)), 1e12))
    }

    /// The colour of its status.
    func color(of colors: ProgressColors) -> String { status.color(of: colors) }
}

extension BuildStatus {
    /// Its colour.
    func color(of colors: ProgressColors) -> String {
        switch self {
        case .succeeded: colors.run
        case .failed, .timedOut, .interrupted: colors.error
        case .cancelled, .skipped: colors.cancel
        case .queued: colors.faint
        case .running: ""
        }
    }
}
