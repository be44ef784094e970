import ArgumentParser
import CaissonBuildModel
import CaissonJSON
import CaissonManuals
import CaissonSystem
import CaissonText
import FoundationEssentials
import Glibc

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

/// The words that docker gives to a plugin: its own options first, then the plugin's name and the words for it.
///
/// docker runs `~/.docker/cli-plugins/docker-caisson` for `docker caisson …`, and asks it what it is with
/// `docker-cli-plugin-metadata` (docker/cli cli-plugins/metadata).
struct DockerPluginWords {
    /// What the plugin's file is called, which docker finds it by.
    static let fileName = "docker-caisson"
    /// The plugin's name, as in `docker caisson`.
    static let name = "caisson"
    /// The question what a plugin is.
    static let question = "docker-cli-plugin-metadata"

    /// The words as they are without docker.
    private(set) var words: [String]
    /// Variables to be set, as docker's own options say more than the environment.
    private(set) var variables: [String: String] = [:]
    /// What was taken and does nothing.
    private(set) var warnings: [String] = []

    /// Reads the words of a program of that name; those of one that isn't docker's plugin stay as they are.
    init(_ given: [String], program: String) {
        words = given
        guard program.split(separator: "/").last.map(String.init) == Self.fileName else { return }
        var front: [String] = []
        var rest = given[...]
        while let word = rest.popFirst() {
            if word == Self.name { break }
            guard word.hasPrefix("-") else { return }
            front += take(word, &rest)
        }
        words = front + rest
    }

    /// Takes one of docker's options; returns the words for it that our command has before its verb.
    private mutating func take(_ word: String, _ rest: inout ArraySlice<String>) -> [String] {
        let (name, value) = word.cut(at: "=") ?? (word, nil)
        switch name {
        case "-D", "--debug": return [word]
        case "-c", "--context":
            (variables["BUILDX_BUILDER"], variables["CAISSON_HOST"]) = (value ?? rest.popFirst(), "")
        case "-H", "--host": variables["CAISSON_HOST"] = value ?? rest.popFirst()
        case "--config": variables["DOCKER_CONFIG"] = value ?? rest.popFirst()
        case "--tlsverify": variables["DOCKER_TLS_VERIFY"] = GoBoolean.parse(value ?? "true") == true ? "1" : ""
        case "--tls": variables["DOCKER_TLS"] = GoBoolean.parse(value ?? "true") == true ? "1" : ""
        case "-l", "--log-level": _ = value ?? rest.popFirst()
        case "--tlscacert", "--tlscert", "--tlskey":
            _ = value ?? rest.popFirst()
            warnings.append("docker's \(name) has no effect on caisson; name the files' directory by DOCKER_CERT_PATH")
        default: return [word]
        }
        return []
    }

    /// Sets the variables; nothing else may run yet.
    func setVariables() {
        for (name, value) in variables {
            if value.isEmpty { unsetenv(name) } else { setenv(name, value, 1) }
        }
    }

    /// What the plugin says it is.
    static var metadata: String {
        JSON([
            "SchemaVersion": "0.1.0", "Vendor": "Caisson", "Version": Version.number,
            "ShortDescription": "Build images, see why caches missed, and lint Dockerfiles",
        ]).goText(indented: false) + "\n"
    }
}
