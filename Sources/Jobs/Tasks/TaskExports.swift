import CaissonBuildModel
import CaissonSystem
import CaissonText
import Glibc

/// Where a run's artifacts and workspace go.
///
/// ```
/// artifact_dir/.build-123.<run>  ─── the run has ended ──▶  artifact_dir/build-123
/// ```
/// Below `artifact_dir` and `workspace_root` the engine writes into a directory of the run's own. At the end that takes the
/// place of the one which an earlier run has left, so that files of two runs never mix. Where a directory of that name
/// is there that no run has made, or `--artifacts` says where, the engine writes right into it: nothing is ever removed
/// there.
package final class TaskExports {
    private let remains: TaskRemains
    private let run: BuildID
    /// Held until the run has ended.
    private var lock: FileLock?
    private var stages: [TaskShare: Stage] = [:]

    private struct Stage {
        var identity: DirectoryIdentity
        /// What the engine writes into.
        var path: String
        /// What people find it under.
        var place: String
    }

    /// Makes the directories that a run's engine writes into; nil where none are needed, or none can be noted.
    ///
    /// - Parameters:
    ///   - directories: The configured ones, by what leaves the task.
    ///   - settings: Gets the names of what was made.
    package init?(
        _ directories: [TaskShare: String],
        of task: String,
        _ settings: inout TaskSettings,
        in remains: TaskRemains
    ) {
        self.remains = remains
        run = settings.run
        guard let held = try? FileLock.attempt(remains.path(of: run), .exclusive) else { return nil }
        lock = consume held
        for (share, directory) in directories where directory.hasPrefix("/") && !directory.utf8.contains(0x0A) {
            stages[share] = stage(directory, task)
        }
        settings.exports = stages.mapValues(\.path)
        let entries = stages.flatMap { share, stage in
            [stage.path, stage.place].map { TaskRemains.Entry(share, stage.identity, $0) }
        }
        // Both names at once: whenever the process ends, the directory is known under the one that it has.
        remains.write(entries, of: run)
    }

    private func stage(_ directory: String, _ task: String) -> Stage? {
        let (path, place) = ("\(directory)/.\(task).\(run)", "\(directory)/\(task)")
        guard !Self.exists(place) || remains.knows(place) else { return nil }
        // Where it can't be made, the engine's client will say so of the place itself.
        guard (try? Directories.make(directory)) != nil, mkdir(path.cPath, 0o777) == 0,
            let identity = DirectoryIdentity(of: path)
        else { return nil }
        return Stage(identity: identity, path: path, place: place)
    }

    /// Gives what was taken out its name, and removes the rest.
    ///
    /// - Parameter result: Gets the names of the directories as they are in the end.
    package func end(_ result: inout TaskResult) {
        var entries: [TaskRemains.Entry] = []
        for (share, stage) in stages {
            let isTaken = (share == .artifacts ? result.artifacts : result.workspace) != nil
            guard isTaken, let place = move(stage) else {
                if !isTaken { DirectoryRemoval.remove(stage.path) }
                continue
            }
            entries.append(TaskRemains.Entry(share, stage.identity, place))
            if share == .artifacts { result.artifacts = place } else { result.workspace = place }
        }
        finish(entries)
    }

    /// Removes what was made, as nothing came of the run.
    package func discard() {
        for stage in stages.values { DirectoryRemoval.remove(stage.path) }
        finish([])
    }

    private func finish(_ entries: [TaskRemains.Entry]) {
        stages = [:]
        // Written anew even where it stays the same: its age counts from now.
        if entries.isEmpty { unlink(remains.path(of: run).cPath) } else { remains.write(entries, of: run) }
        lock = nil
    }

    /// Puts a directory in its place; returns the name that it has then.
    private func move(_ stage: Stage) -> String? {
        // Another run may do the same at the same time.
        for _ in 0..<5 {
            if Self.rename(stage.path, stage.place) { return stage.place }
            guard remains.knows(stage.place) else { break }
            let old = stage.path + ".old"
            if Self.rename(stage.place, old) {
                let isMoved = Self.rename(stage.path, stage.place)
                DirectoryRemoval.remove(old)
                if isMoved { return stage.place }
            }
        }
        // Somebody has made a directory of that name meanwhile.
        let other = "\(stage.place).\(run)"
        return Self.rename(stage.path, other) ? other : stage.path
    }

    /// Renames a directory where nothing has the name yet; `rename` itself would replace an empty directory.
    private static func rename(_ old: String, _ new: String) -> Bool {
        !exists(new) && Glibc.rename(old.cPath, new.cPath) == 0
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path.cPath, &status) == 0
    }
}
