import Foundation

/// A real sshd on a loopback port, with a git repository, in namespaces of its own: no account of the machine is touched.
struct TestSSHServer: Sendable {
    /// The port on 127.0.0.1.
    let port: Int
    /// The folder with the key that the server lets in, one that it doesn't, and the repository.
    let directory: String
    private let process: RunningProcess

    /// Why there is no server here, or nil.
    static var reasonNotToRun: String? {
        if geteuid() != 0 { return "sshd needs root" }
        let programs = [
            TestPaths.cache + "/engines/sshd/bin/sshd", "/usr/bin/git", "/usr/bin/ssh", "/usr/bin/ssh-agent",
        ]
        let missing = programs.first { !FileManager.default.isExecutableFile(atPath: $0) }
        return missing.map { "\($0) isn't there (Scripts/install-engines sshd; git, openssh-client)" }
    }

    /// Runs the body with a server that ends afterwards.
    ///
    /// - Parameters:
    ///   - programs: A folder of programs that those who log in have on their path.
    ///   - body: Uses the server.
    static func with<Result>(
        programs: String = "/usr/local/bin",
        _ body: (TestSSHServer) async throws -> Result
    ) async throws -> Result {
        let directory = TestPaths.uniquePath("sshd")
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var command = Command("/usr/bin/unshare", ["--mount", "/bin/bash", "-c", script], input: .held)
        command.directory = directory
        command.environment["PROGRAMS"] = programs
        command.environment["ROOT"] = TestPaths.cache + "/engines/sshd/root"
        let process = try RunningProcess.start(command)
        defer { process.closeInput() }
        let text = try await process.awaitText("ready\n", within: .seconds(30))
        let port = text.components(separatedBy: "port ").last.flatMap { Int($0.prefix { $0.isNumber }) }
        guard let port else { throw TestSupportError("sshd names no port: \(text)") }
        return try await body(TestSSHServer(port: port, directory: directory, process: process))
    }

    /// Makes keys, a repository and the server, and waits for the end of its standard input.
    private static let script = #"""
        set -euo pipefail
        for key in let-in other; do ssh-keygen -q -t ed25519 -N '' -C "key $key" -f "$key"; done
        cp let-in.pub authorized_keys
        ssh-keygen -q -t ed25519 -N '' -f host
        git -c init.defaultBranch=main init -q repository
        cd repository
        echo 'from the repository' >file
        git add file
        git -c user.name=t -c user.email=t@example.org commit -qm one
        cd ..
        # sshd wants a user and a folder of its own; both are there only for it.
        grep -v '^sshd:' /etc/passwd >passwd
        echo 'sshd:x:65500:65534::/run/sshd:/usr/sbin/nologin' >>passwd
        mount --make-rprivate /
        mount --bind passwd /etc/passwd
        mount -t tmpfs tmpfs /run
        mkdir -p /run/sshd
        export LD_LIBRARY_PATH
        LD_LIBRARY_PATH=$(find "$ROOT" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
        for port in $(shuf -i 20000-32000 -n 20); do
            "$ROOT/usr/sbin/sshd" -D -e -f /dev/null -h "$PWD/host" -p "$port" -o ListenAddress=127.0.0.1 \
                -o "AuthorizedKeysFile=$PWD/authorized_keys" -o StrictModes=no -o PidFile=none -o UsePAM=no \
                -o "SetEnv=PATH=$PROGRAMS:/usr/bin:/bin" -o PasswordAuthentication=no -o PermitRootLogin=yes </dev/null 2>log &
            child=$!
            for _ in $(seq 50); do
                if grep -q 'Server listening' log; then break 2; fi
                kill -0 "$child" 2>/dev/null || break
                sleep 0.1
            done
        done
        echo "port $port ready"
        cat >/dev/null
        kill "$child"
        """#

    /// A folder with git, ssh and what they need to run, as they are on this machine.
    static func copyPrograms(to directory: URL) async throws {
        let script = #"""
            set -euo pipefail
            mkdir -p root/etc root/root root/tmp
            echo 'root:x:0:0::/root:/bin/sh' >root/etc/passwd
            for program in /usr/bin/git /usr/bin/ssh /usr/bin/ssh-add; do
                cp --parents -L "$program" root
                ldd "$program" | grep -o '/[^ ]*' | while read -r library; do cp --parents -L "$library" root; done
            done
            """#
        var command = Command("/bin/bash", ["-c", script])
        command.directory = directory.path
        try await runSuccessfully(command)
    }
}
