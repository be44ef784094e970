import CaissonBuildModel
import CaissonText

/// Advice on the files of the context.
struct ContextAdvice {
    /// So many bytes with each build are many.
    private static let large: Int64 = 50 << 20
    /// A socket or a near network moves so many bytes in a second.
    private static let pace = 50e6

    private let dossiers: [BuildDossier]
    private let steps: AdviceSteps

    /// Looks at builds.
    init(_ dossiers: [BuildDossier], _ steps: AdviceSteps) { (self.dossiers, self.steps) = (dossiers, steps) }

    /// All of it.
    var recommendations: [Recommendation] { ignoreLines + (largeContext.map { [$0] } ?? []) }

    /// A line for each kind of files that no build needs and that changed in most builds.
    private var ignoreLines: [Recommendation] {
        var (builds, seen, alone) = (0, [String: Int](), [String: Int]())
        for dossier in dossiers {
            let known = dossier.contexts.filter { $0.previous != nil }
            guard !known.isEmpty else { continue }
            builds += 1
            let changes = known.flatMap(\.changes)
            let lines = changes.map { NeedlessFiles.line(for: $0.path) }
            for line in Set(lines.compactMap { $0 }) {
                seen[line, default: 0] += 1
                let isAll = known.allSatisfy { $0.omitted == 0 } && lines.allSatisfy { $0 == line }
                if isAll { alone[line, default: 0] += 1 }
            }
        }
        return seen.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.compactMap { line, count in
            guard count >= BuildAdvice.least, count * 2 > builds else { return nil }
            return ignoreLine(line, count, of: builds, alone: alone[line] ?? 0)
        }
    }

    private func ignoreLine(_ line: String, _ count: Int, of builds: Int, alone: Int) -> Recommendation {
        // What runs after copies of the whole context is saved only where nothing else had changed.
        let seconds = steps.stages.map { stage in
            stage.drop { !CopiedFiles.isBroad($0.command) }.reduce(0) { $0 + $1.usual }
        }
        let share = Double(alone) / Double(max(1, count))
        return Recommendation(
            kind: .ignoreLine,
            step: nil,
            subject: line,
            advice:
                "Add the line \(line) to .dockerignore: such files change in most builds, are sent, and make copies "
                + "of the whole context run again.",
            evidence: Recommendation.Evidence(seen: count, builds: builds),
            saving: .bounded(seconds: (seconds.max() ?? 0) * share),
            certainty: NeedlessFiles.isSure(line) ? .high : .medium
        )
    }

    private var largeContext: Recommendation? {
        let sent = dossiers.map(\.record.traffic.sent)
        let large = sent.filter { $0 >= Self.large }
        guard large.count >= BuildAdvice.least, large.count * 2 > sent.count else { return nil }
        let median = large.sorted()[large.count / 2]
        return Recommendation(
            kind: .largeContext,
            step: nil,
            subject: "",
            advice: "Leave out of the context what the build doesn't need, by .dockerignore or a smaller directory: "
                + "some \(median >> 20) MiB are sent with each build.",
            evidence: Recommendation.Evidence(seen: large.count, builds: sent.count, bytes: median),
            saving: .bounded(seconds: Double(median) / Self.pace),
            certainty: .medium
        )
    }
}

/// Files that builds don't need, by their paths.
enum NeedlessFiles {
    private static let directories: Set<String> = [
        ".git", ".hg", ".svn", "node_modules", "target", "build", "dist", ".idea", ".vscode", ".vs", "__pycache__",
        ".pytest_cache", ".mypy_cache", ".gradle", ".build", ".venv", "venv", "coverage", ".cache", ".terraform",
    ]
    private static let names: Set<String> = [".DS_Store", "Thumbs.db", ".swp", "npm-debug.log"]
    private static let endings = [".log", ".swp", ".swo", ".tmp", ".pyc", "~"]
    /// Directories that some builds make their images of.
    private static let doubtful: Set<String> = ["target", "build", "dist", "venv", ".cache"]

    /// The line that leaves out a file and those like it; nil for what a build may need.
    static func line(for path: String) -> String? {
        let parts = path.utf8.prefix(4096).split(separator: 0x2F).map { String(decoding: $0, as: UTF8.self) }
        if let place = parts.firstIndex(where: directories.contains) {
            guard let name = parts.dropFirst(place).first else { return nil }
            return place == 0 ? name : "**/" + name
        }
        guard let name = parts.last else { return nil }
        if names.contains(name) { return "**/" + name }
        return endings.first { name.utf8.count > $0.utf8.count && name.hasSuffix($0) }.map { "**/*" + $0 }
    }

    /// Whether hardly any build needs what the line leaves out.
    static func isSure(_ line: String) -> Bool {
        !doubtful.contains(String(decoding: line.utf8.split(separator: 0x2F).last ?? line.utf8[...], as: UTF8.self))
    }
}
