import NIOCore
import NIOPosix

/// Runs the tasks of a build's calls on the thread of the connections, which gives them their bytes and takes their answers.
///
/// A message of some hundred bytes costs less than the two changes of threads that it would take to read it elsewhere. What
/// blocks has an executor of its own (`FileExecutor`), and so has what asks others than the engine.
final class LoopExecutor: TaskExecutor {
    /// The executor of the one loop that all connections run on.
    static let shared = LoopExecutor(GRPCConnection.eventLoops.next())

    private let loop: any EventLoop

    private init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
