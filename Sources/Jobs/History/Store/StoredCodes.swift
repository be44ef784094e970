import CaissonBuildModel

/// The numbers that stand in the database; a number never gets another meaning.
extension BuildStatus {
    private static let stored: [BuildStatus] = [
        .queued, .running, .succeeded, .failed, .cancelled, .timedOut, .skipped, .interrupted,
    ]

    /// The number of the status.
    var stored: Int { Self.stored.firstIndex(of: self) ?? 0 }
}

extension BuildSubmission.Job {
    private static let stored: [BuildSubmission.Job] = [.build, .batch, .task, .kernel]

    /// The number of the job.
    var stored: Int { Self.stored.firstIndex(of: self) ?? 0 }
}
