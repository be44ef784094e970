import ArgumentParser
import CaissonBuildModel
import CaissonEngines
import CaissonSystem
import FoundationEssentials
import Glibc
import CaissonText

/// Where the program begins and the only place that decides its exit status.
@main
enum Main {
    static func main() async {
        StandardDescriptors.reserve()
        // A reader of our output that goes away is an error of a write, not a death without clean-up.
        signal(SIGPIPE, SIG_IGN)
        let plugin = DockerPluginWords(ProcessArguments.read(), program: ProcessArguments.program)
        plugin.setVariables()
        for warning in plugin.warnings {
            BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \(warning)\n")
        }
        let ending = await ending(of: plugin.words)
        BorrowedDescriptor.standardOutput.writeIgnoringErrors(ending.output)
        BorrowedDescriptor.standardError.writeIgnoringErrors(ending.complaint)
        exit(ending.status)
    }

    /// Runs the command line to its end and says what is left to be printed, and the exit status.
    static func ending(of arguments: [String]) async -> ExitReport {
        if arguments.first == DockerPluginWords.question { return ExitReport(output: DockerPluginWords.metadata) }
        if arguments.first == CompletionAnswer.verb {
            let words = Array(arguments.dropFirst())
            return ExitReport(output: CompletionAnswer.text(words, environment: ProcessInfo.processInfo.environment))
        }
        do {
            let peer = try PeerWords(arguments)
            for warning in peer.warnings {
                BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \(warning)\n")
            }
            let words = try CommandWords.normalised(peer.words)
            // Beside the reading of the flags, which takes as long.
            async let warming: Void = ["build", "batch"].contains(words.first) ? EngineConnections.warm() : ()
            var command = try Caisson.command(for: words)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            await warming
            return ExitReport()
        } catch {
            return .of(error, arguments: arguments)
        }
    }
}

/// The words of the command line.
enum ProcessArguments {
    /// What the program was called as.
    static var program: String { CommandLine.argc > 0 ? CommandLine.unsafeArgv[0].map { String(cPath: $0) } ?? "" : "" }

    /// The words after the program's name, as paths: one that isn't UTF-8 still names its file.
    static func read() -> [String] {
        (1..<max(Int(CommandLine.argc), 1)).compactMap { index in
            CommandLine.unsafeArgv[index].map { String(cPath: $0) }
        }
    }
}
