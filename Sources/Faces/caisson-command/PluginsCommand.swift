import CaissonManuals
import ArgumentParser
import CaissonBuildModel
import CaissonSystem
import FoundationEssentials

/// The commands `caisson plugins …`.
struct PluginsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins",
        _superCommandName: "caisson",
        abstract: "Makes caisson a plugin of the docker command.",
        discussion: Manual.text(of: "plugins"),
        subcommands: [Install.self]
    )

    /// The command `caisson plugins install`.
    struct Install: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "install",
            abstract: "Puts caisson beside docker's plugins, or takes it away again.",
            discussion: Manual.text(of: "plugins install")
        )

        @Flag(name: .customLong("self"), help: "Make 'docker caisson build' run this program.")
        var itself = false

        @Flag(
            help: ArgumentHelp(
                "Make 'docker build' and 'docker builder' run it, too: the alias \"builder\" in docker's config.json.",
                discussion: "The cache is pruned with 'docker buildx prune' then."
            )
        )
        var asBuilder = false

        @Flag(help: "Undo both.")
        var remove = false

        func validate() throws {
            guard itself || asBuilder || remove else {
                throw ValidationError("say what to install: --self, or --as-builder for 'docker build' as well")
            }
        }

        func run() throws {
            let environment = ProcessInfo.processInfo.environment
            let installation = DockerPluginInstallation(
                directory: DockerPluginInstallation.directory(environment),
                program: PathFacts.linkTarget(of: "/proc/self/exe") ?? CommandLine.arguments[0]
            )
            var done: [String] = []
            if remove {
                if try installation.clearBuilder() { done.append("docker build is docker's own again") }
                if try installation.unlink() { done.append("removed \(installation.link)") }
                if done.isEmpty { done.append("nothing of caisson is installed in \(installation.directory)") }
            } else {
                if asBuilder { try installation.checkBuilder() }
                try installation.link(to: installation.program)
                done.append("docker caisson: \(installation.link) is \(installation.program)")
                if asBuilder {
                    try installation.setBuilder()
                    done.append("docker build: the alias builder in \(installation.configuration) is caisson")
                }
            }
            try BorrowedDescriptor.standardOutput.writeResult(done.map { $0 + "\n" }.joined())
        }
    }
}
