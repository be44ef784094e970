import CaissonArchive
import CaissonBuildModel
import CaissonBundles
import CaissonHistory
import CaissonInsights
import CaissonReporting
import CaissonReports
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

// The only wiring of the history to its analysis, to bundles and to reports.

extension BuildsCommand.Compare {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let last = try BuildsCommand.dossier(builds.last ?? "^0", in: store)
        let first =
            builds.count == 2
            ? try BuildsCommand.dossier(builds[0], in: store) : try BuildsCommand.predecessor(of: last, in: store)
        let comparison = BuildComparison(first, last)
        switch format {
        case .table: try BuildsCommand.write(ComparisonText(comparison).text(BuildsCommand.layout))
        case .json: try BuildsCommand.write(ComparisonJSON(comparison).text + "\n")
        }
    }
}

extension BuildsCommand.Trace {
    func run() async throws {
        let store = try await BuildsCommand.store()
        let dossier = try BuildsCommand.dossier(build, in: store)
        guard dossier.record.status.isFinal else {
            let id = dossier.record.id.description.prefix(12)
            throw BuildError(.usage, "build \(id) hasn't ended; “caisson builds watch \(id)” follows it")
        }
        try file.write { sink in
            switch format {
            case .otlp: try OTLPTrace.write(dossier, to: sink)
            case .chrome: try ChromeTrace.write(dossier, to: sink)
            case .jaeger: try JaegerTrace.write(dossier, to: sink)
            }
        }
    }
}

extension BuildsCommand.Export {
    func run() async throws {
        if file.path == nil, BorrowedDescriptor.standardOutput.isTerminal {
            throw BuildError(.usage, "a bundle isn't for a terminal; name a file, such as -o build.dockerbuild")
        }
        let store = try await BuildsCommand.store()
        let builds = try chosen(in: store).map { dossier in
            BundledBuild(dossier) { Self.pieces(of: try store.log(of: dossier.record.id, step: nil)) }
        }
        guard !builds.isEmpty else { throw BuildError(.usage, "there is no build that has ended") }
        try file.write { sink in
            do {
                try DockerBundle.write(builds, to: Self.archiveSink(sink))
            } catch let error as BundleError {
                throw BuildError(.output, error.message)
            }
        }
    }

    private static func pieces(of log: BuildLog) -> BundledBuild.Log {
        { try log.next().map { BundleLogPiece(step: $0.step, stream: $0.stream, bytes: $0.bytes) } }
    }

    private static func archiveSink(_ sink: @escaping ([UInt8]) throws -> Void) -> TarWriter.Sink {
        { bytes throws(ArchiveError) in
            do { try sink(Array(bytes)) } catch { throw ArchiveError(.system, "\(error)") }
        }
    }

    private func chosen(in store: HistoryStore) throws -> [BuildDossier] {
        if all {
            var filter = HistoryFilter()
            filter.limit = 0
            return try BuildsCommand.reporting { () throws(HistoryError) in try store.dossiers(filter) }
                .filter(\.record.status.isFinal)
        }
        let ids = try BuildsCommand.ids(builds.isEmpty ? ["^0"] : builds, in: store)
        return try ids.map { id in
            let dossier = try BuildsCommand.reporting { () throws(HistoryError) in try store.dossier(of: id) }
            guard dossier.record.status.isFinal else {
                throw BuildError(
                    .usage,
                    "build \(id.description.prefix(12)) hasn't ended; only what is over is exported"
                )
            }
            return dossier
        }
    }
}

extension BuildsCommand.Import {
    func run() async throws {
        let place = try BuildsCommand.reporting { () throws(HistoryError) in
            let place = try BuildsCommand.place()
            try place.prepare(userID: geteuid())
            return place
        }
        let store = try await BuildsCommand.store()
        let paths = files + named
        if paths.isEmpty, BorrowedDescriptor.standardInput.isTerminal {
            throw BuildError(.usage, "say which file to import, such as build.dockerbuild")
        }
        for path in paths.isEmpty ? ["-"] : paths { try take(path, into: store, place) }
    }

    private func take(_ build: ReadBuild, into store: HistoryStore) throws {
        let log = build.openLog()
        let isNew = try store.take(build.dossier) { try log.next().map { ($0.step, $0.stream, $0.bytes) } }
        for omission in build.omissions { CommandState.warn(omission) }
        guard isNew else { return CommandState.warn("build \(build.dossier.record.id) is in the history already") }
        try BuildsCommand.write("\(build.dossier.record.id)\n")
    }

    private func take(_ path: String, into store: HistoryStore, _ place: HistoryPlace) throws {
        let name = path == "-" ? "standard input" : path.quoted
        do {
            let input = try BundleInput(path)
            let reader = try BundleReader(input.read, scratch: try ScratchFile.make(in: place.directory))
            while let build = try reader.next() { try take(build, into: store) }
            for omission in reader.omissions { CommandState.warn(omission) }
        } catch let error as BundleError {
            throw BuildError(error.code == .system ? .output : .usage, "\(name) can't be imported: \(error.message)")
        } catch let error as HistoryError {
            throw BuildError(error)
        } catch let error as Errno {
            throw BuildError(.output, "\(name) can't be unpacked in \(place.directory): \(error)")
        }
    }
}

/// The bytes of a bundle that is read.
private final class BundleInput {
    private let descriptor: BorrowedDescriptor
    private let isOwn: Bool

    /// Opens a file; `-` for standard input.
    init(_ path: String) throws(BuildError) {
        isOwn = path != "-"
        guard isOwn else {
            descriptor = .standardInput
            return
        }
        let number = open(path.cPath, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw BuildError(.usage, "\(path.quoted) can't be read: \(Errno.last)") }
        descriptor = BorrowedDescriptor(number: number)
    }

    deinit {
        if isOwn { close(descriptor.number) }
    }

    func read() throws(ArchiveError) -> [UInt8] {
        do throws(Errno) {
            return try descriptor.read(upTo: 256 << 10)
        } catch {
            throw ArchiveError(.system, "it can't be read: \(error)")
        }
    }
}

extension BuildsCommand {
    /// The build that a text names, in whole.
    static func dossier(_ text: String, in store: HistoryStore) throws(BuildError) -> BuildDossier {
        let id = try id(text, in: store)
        return try reporting { () throws(HistoryError) in try store.dossier(of: id) }
    }

    /// The builds of the same series before one, newest first.
    static func predecessors(
        of dossier: BuildDossier,
        in store: HistoryStore,
        limit: Int
    ) throws(BuildError) -> [BuildDossier] {
        let series = BuildSeries(dossier.record.submission)
        var filter = HistoryFilter()
        filter.limit = 0
        filter.until = dossier.record.started ?? dossier.record.submission.time
        filter.project = series.project
        return try reporting { () throws(HistoryError) in
            let records = try store.list(filter)
                .filter { $0.status.isFinal && BuildSeries($0.submission) == series && $0.id != dossier.record.id }
            var dossiers: [BuildDossier] = []
            for record in records.prefix(limit) { dossiers.append(try store.dossier(of: record.id)) }
            return dossiers
        }
    }

    /// What a build waited for, and what was slower than usual in it; nothing where that can't be told.
    static func path(of dossier: BuildDossier, in store: HistoryStore) -> String {
        guard dossier.record.status.isFinal else { return "" }
        var baselines = StepBaselines(of: dossier)
        for earlier in (try? predecessors(of: dossier, in: store, limit: 50)) ?? [] { baselines.add(earlier) }
        let text = PathText(dossier, CriticalPath(dossier), baselines.steps).text(layout)
        return text.isEmpty ? "" : "\n" + text
    }

    /// The build of the same series before one.
    static func predecessor(of dossier: BuildDossier, in store: HistoryStore) throws(BuildError) -> BuildDossier {
        if let before = try predecessors(of: dossier, in: store, limit: 1).first { return before }
        let id = dossier.record.id.description.prefix(12)
        throw BuildError(.usage, "no build before \(id) is of the same target; name two builds")
    }
}

extension BuildsCommand.Report {
    func run() async throws {
        try BuildFilterOptions.require("--output", file.path)
        var wanted = try filter.filter(now: .now)
        wanted.limit = limit
        let store = try await BuildsCommand.store()
        if let batch = filter.batch { wanted.batch = try BuildsCommand.batch(batch, in: store) }
        let focus = try build.map { text throws(BuildError) in try BuildsCommand.dossier(text, in: store) }
        let dossiers = try BuildsCommand.reporting { () throws(HistoryError) in try store.dossiers(wanted) }
        if dossiers.isEmpty, focus == nil {
            let isEmpty = try BuildsCommand.reporting { () throws(HistoryError) in
                try store.list(HistoryFilter()).isEmpty
            }
            throw BuildError(
                .usage,
                isEmpty ? "no build is remembered yet" : "no build that is remembered is such a one"
            )
        }
        let page = try BuildsCommand.page(dossiers, focus: focus, in: store, filter.words)
        let layout = BuildsCommand.layout
        try file.write { sink in
            switch format ?? ReportFormat(file: file.path) {
            case .html: try HTMLReport.write(page) { try sink(Array($0)) }
            case .json: try sink(Array((ReportJSON.text(page) + "\n").utf8))
            case .text:
                let width = file.path == nil ? layout.width ?? 100 : 100
                let colors = file.path == nil ? layout.colors : .none
                try sink(Array(TextReport.text(page, width: width, colors: colors).utf8))
            }
        }
    }
}

extension BuildFilterOptions {
    /// What was chosen, as a report's reader sees it.
    fileprivate var words: [String] {
        let values: [(String, String?)] = [
            ("status", status.isEmpty ? nil : status.joined(separator: ", ")), ("image", image), ("project", project),
            ("owner", owner), ("tag", tag), ("batch", batch), ("since", since), ("longer than", longerThan),
            ("text", text),
        ]
        return values.compactMap { name, value in value.map { "\(name) \($0)" } }
    }
}

extension BuildsCommand {
    /// The page about builds, and one of them in focus.
    fileprivate static func page(
        _ dossiers: [BuildDossier],
        focus: BuildDossier?,
        in store: HistoryStore,
        _ filters: [String]
    ) throws(BuildError) -> ReportPage {
        let title = focus.map { $0.record.submission.name ?? $0.record.submission.images.first ?? "build" } ?? "Builds"
        var maker = ReportMaker(title: title, now: .now, dossiers: dossiers, focus: focus)
        maker.filters = filters
        let begin = dossiers.last?.record.submission.time ?? focus?.record.submission.time ?? .now
        maker.removals = RemovalLog(store.place).removals(since: begin)
        if let focus {
            maker.failedOutput = try reporting { () throws(HistoryError) in try Show.lastLines(of: focus, in: store) }
        }
        return maker.page()
    }

    /// Writes the page about a build that has just ended, among the last ones of its kind.
    ///
    /// - Returns: The file's address, for people.
    static func writeReport(of id: BuildID, to path: String) async throws -> String {
        let store = try await store()
        let dossier = try reporting { () throws(HistoryError) in try store.dossier(of: id) }
        let earlier = try predecessors(of: dossier, in: store, limit: 300)
        let page = try page([dossier] + earlier, focus: dossier, in: store, [])
        var file = ResultFileOption()
        file.path = path
        try file.write { sink in try HTMLReport.write(page) { try sink(Array($0)) } }
        let working = getcwd(nil, 0)
        defer { free(working) }
        let place = path.hasPrefix("/") ? path : PathFacts.join(working.map { String(cPath: $0) } ?? ".", path)
        return "file://\(place)"
    }
}
