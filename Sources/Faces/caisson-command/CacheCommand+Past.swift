import ArgumentParser
import CaissonBuildModel
import CaissonHistory
import CaissonInsights
import CaissonManuals
import CaissonReporting
import CaissonReports
import CaissonText

// What `caisson cache` tells of builds that have ended.

extension CacheCommand {
    /// The command `caisson cache stats`.
    struct Statistics: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "stats",
            abstract: "Tells how often steps came from the cache, what that saved, and what the others cost.",
            discussion: Manual.text(of: "cache stats")
        )

        @OptionGroup(title: "Which builds")
        var filter: BuildFilterOptions

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("Add up by: image, series, step, day or week.", valueName: "property")
        )
        var by: CacheReportGrouping?

        @Option(
            parsing: .unconditional,
            help: ArgumentHelp("The share of steps that should come from the cache, in percent.", valueName: "percent")
        )
        var targetRate = 80

        @Option(parsing: .unconditional, help: ArgumentHelp("How to print: table or json.", valueName: "format"))
        var format = ListFormat.table

        func validate() throws {
            guard (0...100).contains(targetRate) else {
                throw ValidationError("--target-rate is a share in percent from 0 to 100, not \(targetRate)")
            }
        }

        func run() async throws {
            var wanted = try filter.filter(now: .now)
            wanted.limit = 0
            let store = try await BuildsCommand.store()
            if let batch = filter.batch { wanted.batch = try BuildsCommand.batch(batch, in: store) }
            var rates = CacheRates(target: Double(targetRate) / 100)
            for dossier in try BuildsCommand.reporting({ () throws(HistoryError) in try store.dossiers(wanted) }) {
                rates.add(dossier)
            }
            switch format {
            case .table:
                try BuildsCommand.write(CacheReportText(rates.report, by: by).text(BuildsCommand.layout))
            case .json: try BuildsCommand.write(CacheReportJSON(rates.report, by: by).text + "\n")
            }
        }
    }

    /// The command `caisson cache explain`.
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "Tells why the steps of a build ran though they might have come from the cache.",
            discussion: Manual.text(of: "cache explain")
        )

        @Argument(help: BuildsCommand.nameHelp)
        var build = "^0"

        @Option(parsing: .unconditional, help: ArgumentHelp("How to print: table or json.", valueName: "format"))
        var format = ListFormat.table

        func run() async throws {
            let store = try await BuildsCommand.store()
            let dossier = try BuildsCommand.dossier(build, in: store)
            let steps = try BuildsCommand.explanations(of: dossier, in: store)
            switch format {
            case .table: try BuildsCommand.write(MissText(dossier, steps).text(BuildsCommand.layout))
            case .json: try BuildsCommand.write(MissJSON(dossier, steps).text + "\n")
            }
        }
    }
}

extension BuildsCommand {
    /// So many earlier builds are looked at.
    private static let mostEarlier = 100

    /// Builds of other targets that sent the same files in between, each of which tells a part of what changed.
    static func linked(to builds: [BuildDossier], in store: HistoryStore) -> [BuildDossier] {
        var known = Set(builds.map(\.record.id))
        var waiting = builds.flatMap(\.contexts).compactMap(\.previous)
        var found: [BuildDossier] = []
        while let id = waiting.popLast(), found.count < mostEarlier {
            guard known.insert(id).inserted, let dossier = try? store.dossier(of: id) else { continue }
            found.append(dossier)
            waiting += dossier.contexts.compactMap(\.previous)
        }
        return found.sorted { $0.record.submission.time > $1.record.submission.time }
    }

    /// Why each step of a build ran, as far as the history tells.
    static func explanations(
        of dossier: BuildDossier,
        in store: HistoryStore
    ) throws(BuildError) -> [StepExplanation] {
        var earlier = try predecessors(of: dossier, in: store, limit: mostEarlier)
        earlier += linked(to: [dossier] + earlier, in: store)
        let begin = earlier.last?.record.submission.time ?? dossier.record.submission.time
        let removals = RemovalLog(store.place).removals(since: begin)
        return MissExplanation.explain(dossier, earlier: earlier, removals: removals)
    }
}

extension CacheReportGrouping: ExpressibleByArgument {}
