import Foundation
import PackagePlugin

/// Writes the commit that the program is built from into a Swift file of its own before the program is compiled.
///
/// A command with the sources and git's log as its inputs, as that runs again when one of them changes. SwiftPM keeps
/// `Context.gitInformation` with the manifest and runs a prebuild command only when a file was added or removed: both
/// would go on naming an older commit.
@main struct RecordCommit: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) -> [Command] {
        let package = context.package.directoryURL
        let script = package.appending(path: "Plugins/RecordCommit/record-commit.sh")
        let output = context.pluginWorkDirectoryURL.appending(path: "RecordedCommit.swift")
        let sources = context.package.targets.compactMap(\.sourceModule).filter { $0.kind != .test }
            .flatMap { $0.sourceFiles.map(\.url) }
        let inputs = sources + [script, package.appending(path: "Package.swift")] + Self.gitLog(of: package)
        return [
            .buildCommand(
                displayName: "Recording the commit",
                executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, package.path, output.path],
                inputFiles: inputs,
                outputFiles: [output]
            )
        ]
    }

    /// The files that git changes when another commit is the current one; none where the sources are no clone.
    private static func gitLog(of package: URL) -> [URL] {
        var folder = package.appending(path: ".git")
        let link = "gitdir: "  // in a worktree `.git` is a file that names the folder
        if let text = try? String(contentsOf: folder, encoding: .utf8), text.hasPrefix(link) {
            let path = text.dropFirst(link.count).trimmingCharacters(in: .newlines)
            folder = URL(filePath: path, relativeTo: package)
        }
        return ["logs/HEAD", "HEAD"].map { folder.appending(path: $0) }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
    }
}
