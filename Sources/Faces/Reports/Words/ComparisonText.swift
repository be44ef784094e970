import CaissonBuildModel
package import CaissonInsights
package import CaissonReporting

/// Two builds side by side for people: what `caisson builds compare A B` prints.
///
/// Heads, differences by weight, steps, inputs, caches, images and files, each part only where it has something to say.
/// Names come from peers and may hold any characters; control characters don't reach the terminal.
package struct ComparisonText: Sendable {
    let comparison: BuildComparison
    /// How many differences are told in sentences; the table of steps has all of them.
    private static let mostDifferences = 20
    /// How many files are named that only one build left.
    private static let mostArtifacts = 10

    /// Takes a comparison.
    package init(_ comparison: BuildComparison) {
        self.comparison = comparison
    }

    /// The text, which ends in a line break; no line is wider than the layout.
    package func text(_ layout: TextLayout) -> String {
        var lines = WordLines(layout)
        writeHead(&lines)
        writeDifferences(&lines)
        writeSteps(&lines)
        writeAsked("Inputs", comparison.asked.filter { !$0.isOfCaches }, &lines)
        writeAsked("Caches", comparison.asked.filter(\.isOfCaches), &lines)
        writeImages(&lines)
        writeArtifacts(&lines)
        return lines.text
    }

    private func writeDifferences(_ lines: inout WordLines) {
        // Inputs and images have tables of their own.
        let told = comparison.differences.filter { difference in
            switch difference.subject {
            case .asked, .images: false
            case .status, .run, .wait, .step: true
            }
        }
        lines.heading("Differences")
        guard !told.isEmpty else { return lines.wrap("Neither their ends nor their steps differ.") }
        for difference in told.prefix(Self.mostDifferences) {
            let isEnd = difference.subject == .status
            let look = isEnd ? .bad : WordFigures.look(difference.lost)
            lines.wrap(difference.words, lead: WordLines.Piece("- ", look))
        }
        if told.count > Self.mostDifferences {
            lines.line(.init(WordFigures.others(told.count - Self.mostDifferences), .faint))
        }
    }

    private func writeAsked(_ heading: String, _ asked: [AskedDifference], _ lines: inout WordLines) {
        guard !asked.isEmpty else { return }
        lines.heading(heading)
        // Two long values side by side leave next to nothing of either.
        guard (lines.width ?? 0) >= 76 else {
            for item in asked {
                lines.wrap(item.title)
                for (build, value) in [("A", item.first), ("B", item.second)] {
                    let look: WordLines.Look = value == nil ? .faint : .plain
                    lines.wrap(value ?? "not given", lead: WordLines.Piece("  \(build): "), look: look)
                }
            }
            return
        }
        var table = WordTable()
        table.add("INPUT", asked.map(\.title), .kept)
        table.add("A", asked.map { Self.shortened($0.first, lines.width) })
        table.add("B", asked.map { $0.second ?? "" }, .cut(least: 12))
        lines.table(table)
    }

    /// A value that leaves room for the one beside it.
    private static func shortened(_ value: String?, _ width: Int?) -> String {
        CellWidth.fit(SafeText.line(value ?? ""), max(12, (width ?? 120) / 3))
    }

    private func writeImages(_ lines: inout WordLines) {
        let images = comparison.images
        guard !images.isEmpty || comparison.madeSameImages != nil else { return }
        lines.heading("Images")
        var table = WordTable()
        table.add("IMAGE", images.map(\.name), .cut(least: 12))
        table.add("A", images.map { $0.digests.first == nil ? "none" : WordFigures.digest($0.digests.first) })
        table.add("B", images.map(Self.second))
        lines.table(table)
        switch comparison.madeSameImages {
        case true?: lines.wrap("Both made the same images, byte for byte.")
        case false?: lines.wrap("They made different images.")
        case nil: break
        }
    }

    private static func second(_ image: ComparedImage) -> String {
        if image.isSame == true { return "the same" }
        return image.digests.second == nil ? "none" : WordFigures.digest(image.digests.second)
    }

    private func writeArtifacts(_ lines: inout WordLines) {
        let sides = [("A", comparison.artifacts.first), ("B", comparison.artifacts.second)]
        for (build, left) in sides where !left.isEmpty {
            lines.heading("Only \(build) made")
            for artifact in left.prefix(Self.mostArtifacts) { lines.wrap(artifact.told, lead: .init("- ")) }
            let others = left.count - Self.mostArtifacts
            if others > 0 { lines.line(.init(WordFigures.others(others), .faint)) }
        }
    }
}

extension AskedDifference {
    /// Whether it decides what the cache can give.
    fileprivate var isOfCaches: Bool {
        if case .request(let key) = part { key.hasPrefix("cache-") || key.hasPrefix("no-cache") } else { false }
    }

    /// What it is about, such as `build argument VERSION`.
    fileprivate var title: String {
        let part =
            switch part {
            case .images: "image"
            case .context: "context"
            case .dockerfile: "Dockerfile"
            case .target: "target"
            case .platforms: "platform"
            case .revision: "revision"
            case .engine: "engine"
            case .request(let key): Self.titles[key] ?? key
            }
        return CellWidth.fit(SafeText.line(name.map { "\(part) \($0)" } ?? part), 36)
    }

    /// By the keys of `BuildSubmission.request`.
    private static let titles = [
        "args": "build argument", "labels": "label", "contexts": "named context", "secrets": "secret",
        "ssh": "SSH agent", "outputs": "output", "cache-from": "read from", "cache-to": "written to",
        "allow": "permission", "no-cache": "without the cache", "no-cache-filter": "stages without the cache",
        "pull": "bases looked up again",
    ]
}

extension BuildArtifact {
    /// What it is, in words.
    fileprivate var told: String {
        switch self {
        case .image(let image): "image \(image.names.first ?? image.digest ?? image.id ?? "")"
        case .file(let path): "file \(path)"
        case .directory(let path): "directory \(path)"
        case .standardOutput: "standard output"
        case .cache(let name): "cache \(name)"
        }
    }
}
