import CaissonSystem
import CaissonText
import ArgumentParser
import CaissonBuildModel
import FoundationEssentials
import CaissonRegistry

/// The flags of commands that speak to registries.
struct RegistryFlags: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A registry that may be spoken to without TLS, or whose certificate nobody vouches for ('*': all).",
            valueName: "host[:port]"
        )
    )
    var registryInsecure: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("A mirror to ask first, of Docker Hub or of the host named.", valueName: "[host=]url")
    )
    var registryMirror: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How often what the network spoils is tried again.", valueName: "count")
    )
    var retry = 3

    @Option(parsing: .unconditional, help: .hidden)
    var builder: String?

    func validate() throws {
        guard (0...100).contains(retry) else { throw ValidationError("--retry takes 0 to 100") }
        do {
            _ = try Self.insecureHosts(registryInsecure)
        } catch {
            throw ValidationError(error.message)
        }
    }

    /// The values of `--registry-insecure`.
    static func insecureHosts(_ hosts: [String]) throws(BuildError) -> Set<String> {
        for host in hosts where host.isEmpty || host.contains("/") {
            throw BuildError(
                .usage,
                "--registry-insecure \(host.quoted) must be a host and port, such as registry.example:5000"
            )
        }
        return Set(hosts.map { $0.lowercased() })
    }

    /// The options that the flags and the environment make.
    func options() -> RegistryOptions {
        let variables = ProcessInfo.processInfo.environment
        var options = RegistryOptions(variables: variables, home: variables["HOME"] ?? "/")
        options.insecure = (try? Self.insecureHosts(registryInsecure)) ?? []
        for mirror in registryMirror {
            let (host, url) = mirror.cut(at: "=").map { ($0.head, $0.tail) } ?? ("docker.io", mirror)
            options.mirrors[host, default: []].append(url)
        }
        options.retry.retries = retry
        options.notice = { BorrowedDescriptor.standardError.writeIgnoringErrors("warning: \($0.text(\.flag))\n") }
        return options
    }
}

/// The registries that builds push to, and keep caches at, in spite of their TLS.
struct InsecureRegistryOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A registry that is pushed to, and caches kept at, without TLS or with any certificate ('*': all). Repeatable.",
            valueName: "host[:port]"
        )
    )
    var registryInsecure: [String] = []

    /// Their hosts.
    func hosts() throws(BuildError) -> Set<String> { try RegistryFlags.insecureHosts(registryInsecure) }
}
