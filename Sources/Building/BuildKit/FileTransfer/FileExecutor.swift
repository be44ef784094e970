import NIOPosix

/// Runs work that blocks on files, so that a slow disk never holds up Swift's own threads and the progress display.
///
/// It is the task executor of everything that walks, reads or writes trees.
package final class FileExecutor: TaskExecutor {
    /// The executor of the whole process, whose threads start with the first file.
    package static let shared = FileExecutor()

    private let pool = NIOThreadPool(numberOfThreads: 4)

    private init() { pool.start() }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
