import CaissonSystem
import FoundationEssentials
import Glibc

/// Finds a registry's credentials as docker does: `credHelpers`, else `credsStore`, else `auths`; then podman's file.
///
/// The files are read for each question, so a login during a long build counts.
package struct CredentialStore: Sendable {
    private let variables: [String: String]
    private let home: String
    /// How long a helper program may take.
    package var helperDeadline: Duration = .seconds(30)

    /// Makes a store for a user, who is known by environment variables and a home directory.
    package init(variables: [String: String], home: String) {
        self.variables = variables
        self.home = home
    }

    /// The credentials for a registry (`docker.io`, `registry.example:5000`, `https://index.docker.io/v1/`), if any.
    package func credentials(for name: String) async throws -> Credentials? {
        let host = RegistryHost(name)
        guard !host.host.isEmpty, host.host.utf8.count <= 1024,
            !host.host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f })
        else { return nil }
        if let found = try environmentConfig?.stored(for: host) { return found }
        for path in files {
            guard let config = try DockerConfig.read(path) else { continue }
            if let found = try await credentials(for: host, in: config) { return found }
        }
        return nil
    }

    /// The `auths` that `DOCKER_AUTH_CONFIG` holds itself, which come before all files (docker/cli cli/config/configfile).
    private var environmentConfig: DockerConfig? {
        get throws(RegistryError) {
            guard let text = variable("DOCKER_AUTH_CONFIG") else { return nil }
            return try DockerConfig(path: "DOCKER_AUTH_CONFIG", content: Data(text.utf8))
        }
    }

    /// The proxies that docker's configuration sets for builds on an engine, as build arguments.
    package func proxyArguments(for address: String) throws(RegistryError) -> [String: String] {
        try DockerConfig.read(dockerFile)?.proxyArguments(for: address) ?? [:]
    }

    private var dockerFile: String { (variable("DOCKER_CONFIG") ?? home + "/.docker") + "/config.json" }

    /// The registries that the user has logged in to, `docker.io` for Docker Hub, sorted.
    package func registries() throws(RegistryError) -> [String] {
        var hosts = Set((try environmentConfig?.auths ?? [:]).keys.map { RegistryHost($0).host })
        for path in files {
            guard let config = try DockerConfig.read(path) else { continue }
            for key in config.auths.keys { hosts.insert(RegistryHost(key).host) }
            for key in config.credentialHelpers.keys { hosts.insert(RegistryHost(key).host) }
        }
        return hosts.filter { !$0.isEmpty }.sorted()
    }

    /// The files that may hold credentials, docker's first.
    private var files: [String] {
        var files = [dockerFile]
        if let named = variable("REGISTRY_AUTH_FILE") {
            files.append(named)
        } else if let runtime = variable("XDG_RUNTIME_DIR") {
            files.append(runtime + "/containers/auth.json")
        }
        return files
    }

    private func credentials(for host: RegistryHost, in config: DockerConfig) async throws -> Credentials? {
        guard let helper = config.helper(for: host) else { return try config.stored(for: host) }
        return try await ask(helper: helper, for: host, config: config)
    }

    private func ask(helper suffix: String, for host: RegistryHost, config: DockerConfig) async throws -> Credentials? {
        let name = "docker-credential-" + suffix
        // The suffix is part of a file name, and must not be a path.
        guard !suffix.contains("/"), !suffix.utf8.contains(0), let program = search(name) else {
            throw RegistryError(
                .helper,
                "the credential helper \(name) that \(config.path) names for \(host.host) is not in PATH;"
                    + " install it or remove it from that file"
            )
        }
        var call = HelperProgram(
            executable: program,
            arguments: ["get"],
            environment: variables.map { $0.key + "=" + $0.value }.sorted()
        )
        call.deadline = helperDeadline
        let outcome: HelperProgram.Outcome
        do {
            outcome = try await call.run(input: host.serverAddress)
        } catch let failure as HelperProgram.Failure {
            throw Self.error(failure, helper: name, host: host, deadline: helperDeadline)
        }
        return try Self.credentials(in: outcome, helper: name, host: host)
    }

    private static func credentials(
        in outcome: HelperProgram.Outcome,
        helper: String,
        host: RegistryHost
    ) throws(RegistryError) -> Credentials? {
        guard outcome.status == 0 else {
            if isNotFound(outcome.output) { return nil }
            // The helper's own words stay out of the message, because they may contain a secret.
            throw RegistryError(
                .helper,
                "the credential helper \(helper) failed for \(host.serverAddress) with status \(outcome.status);"
                    + " run “echo \(host.serverAddress) | \(helper) get” to see why"
            )
        }
        guard let answer = try? JSONDecoder().decode(HelperAnswer.self, from: Data(outcome.output)) else {
            throw RegistryError(
                .helper,
                "the credential helper \(helper) did not answer for \(host.serverAddress) in JSON"
            )
        }
        if answer.Username.isEmpty, answer.Secret.isEmpty { return nil }
        if answer.Username == "<token>" { return Credentials(identityToken: answer.Secret) }
        return Credentials(username: answer.Username, password: answer.Secret)
    }

    /// Whether a failing helper only said that it has no credentials, in the words of docker's helper protocol.
    private static func isNotFound(_ output: [UInt8]) -> Bool {
        String(decoding: output.prefix(4096), as: UTF8.self).contains("credentials not found in native keychain")
    }

    private static func error(
        _ failure: HelperProgram.Failure,
        helper: String,
        host: RegistryHost,
        deadline: Duration
    ) -> RegistryError {
        switch failure {
        case .start(let failure):
            RegistryError(.helper, "the credential helper \(helper) can't be started: \(failure.explanation)")
        case .outputTooLarge:
            RegistryError(.helper, "the credential helper \(helper) wrote more than 1 MiB for \(host.serverAddress)")
        case .deadlineExceeded:
            RegistryError(
                .deadlineExceeded,
                "the credential helper \(helper) did not answer for \(host.serverAddress) in \(deadline);"
                    + " it may be waiting for a password: unlock its store first"
            )
        }
    }

    /// The first executable regular file of that name in the absolute directories of PATH.
    private func search(_ name: String) -> String? {
        let path = variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
        for directory in path.split(separator: ":") where directory.hasPrefix("/") {
            let candidate = directory + "/" + name
            var status = stat()
            guard stat(candidate, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            if access(candidate, X_OK) == 0 { return candidate }
        }
        return nil
    }

    private func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}

private struct HelperAnswer: Decodable {
    // The protocol's own spelling.
    var Username: String
    var Secret: String
}
