package import CaissonBuildModel

/// Which builds are wanted; without anything set, the fifty newest of all.
package struct HistoryFilter: Sendable, Hashable {
    /// How they stand; none for any.
    package var statuses: Set<BuildStatus> = []
    /// A name of their images, with or without its tag; `*` stands for any characters, `?` for one.
    package var image: String?
    /// The project that they belong to.
    package var project: String?
    /// Who answers for them.
    package var owner: String?
    /// A word that they were given.
    package var label: String?
    /// They began at this time or later; what never began counts by when it was asked for.
    package var since: Timestamp?
    /// They began before this time; what never began counts by when it was asked for.
    package var until: Timestamp?
    /// They ran for longer than this.
    package var longerThan: Duration?
    /// What stands in their names, images, errors, contexts, engines or revisions, in whatever case.
    package var text: String?
    /// What they are part of.
    package var job: BuildSubmission.Job?
    /// The batch or task that they belong to.
    package var batch: BuildID?
    /// How many are given at most; 0 for all.
    package var limit = 50
    /// How many of the newest are left out.
    package var offset = 0

    /// Wants the fifty newest of all.
    package init() {}

    /// Whether a build is wanted, but for the number of them: what the database answers for those that are in it.
    func accepts(_ dossier: BuildDossier) -> Bool {
        let record = dossier.record
        let submission = record.submission
        return (statuses.isEmpty || statuses.contains(record.status))
            && (project == nil || submission.project == project)
            && (owner == nil || submission.owner == owner)
            && (label.map(submission.labels.contains) ?? true)
            && (job == nil || submission.job == job)
            && (batch == nil || submission.membership?.id == batch)
            && acceptsTime(of: record) && acceptsWords(of: dossier)
    }

    private func acceptsTime(of record: BuildRecord) -> Bool {
        let time = record.orderingTime
        if let since, time < since { return false }
        if let until, time >= until { return false }
        if let longerThan { return record.duration.map { $0 > longerThan } ?? false }
        return true
    }

    private func acceptsWords(of dossier: BuildDossier) -> Bool {
        if let image {
            let pattern = ImagePattern(image)
            guard dossier.record.searchableImages.contains(where: pattern.matches) else { return false }
        }
        guard let text else { return true }
        return dossier.searchText.contains(bytesOf: SearchText.folded(text))
    }
}

extension BuildRecord {
    /// The time that it is sorted by.
    var orderingTime: Timestamp { started ?? submission.time }
}
