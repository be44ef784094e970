import CaissonBuildModel
import CaissonInsights

/// The builds of a report by series.
struct BuildGroups {
    /// A series with its builds.
    struct Group {
        let series: BuildSeries
        /// How it is called.
        var name = ""
        /// The places of its builds, the newest first.
        var places: [Int] = []

        /// Its latest builds, at most so many, the oldest first.
        func oldestFirst(_ dossiers: [BuildDossier], most: Int) -> [BuildDossier] {
            places.prefix(most).reversed().map { dossiers[$0] }
        }
    }

    /// All series, the one with the newest build first.
    private(set) var groups: [Group] = []
    /// The place in `groups` of each build's series.
    private(set) var groupOfBuild: [Int] = []
    private var known: [BuildSeries: Int] = [:]

    /// Sorts builds by series and names these.
    init(_ dossiers: [BuildDossier]) {
        var images: [String?] = []
        groupOfBuild.reserveCapacity(dossiers.count)
        for (place, dossier) in dossiers.enumerated() {
            let series = BuildSeries(dossier.record.submission)
            let group = known[series] ?? groups.count
            if group == groups.count {
                known[series] = group
                groups.append(Group(series: series))
                images.append(nil)
            }
            groups[group].places.append(place)
            groupOfBuild.append(group)
            images[group] = images[group] ?? dossier.record.submission.images.first
        }
        let names = SeriesName.names(zip(groups, images).map { SeriesName($0.series, image: $1) })
        for (group, name) in zip(groups.indices, names) { groups[group].name = name }
    }

    /// Whether a thing has to say of which series it is.
    var areMany: Bool { groups.count > 1 }

    /// The place of a series in `groups`; nil where no build is of it.
    func place(of series: BuildSeries) -> Int? { known[series] }

    /// The series in which changes and advice are looked for: of those with enough builds the largest ones, of equally
    /// large ones those with the newest builds.
    func largest(_ most: Int, builds least: Int) -> [Group] {
        let enough = groups.enumerated().filter { $1.places.count >= least }
        let ordered = enough.sorted { ($1.element.places.count, $0.offset) < ($0.element.places.count, $1.offset) }
        return ordered.prefix(most).map(\.element)
    }

    /// The builds of a build's series that were asked for before it, the newest first.
    func earlier(than build: BuildDossier, in dossiers: [BuildDossier]) -> [BuildDossier] {
        let submission = build.record.submission
        guard let group = known[BuildSeries(submission)] else { return [] }
        let all = groups[group].places.lazy.map { dossiers[$0] }
        return all.filter { $0.record.id != submission.id && $0.record.submission.time <= submission.time }
            .prefix(FocusMaker.mostEarlier).map(\.self)
    }
}
