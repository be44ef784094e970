import Foundation
import Glibc
import Testing

/// What a build can't be blamed for, engines that don't answer and outputs that can't be written: exit status 1.
@Suite struct BrokenSurroundingsTests {
    private func withContext(_ body: (URL) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            try TestContext.write(TestContext.busyboxBase + "RUN head -c 3000000 /dev/urandom >/big\n", to: directory)
            try await body(directory)
        }
    }

    @Test func `an address where nobody answers is named`() async throws {
        try await withContext { directory in
            let dead = directory.appending(path: "dead.sock").path
            // What an engine that was killed leaves.
            let script = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
            try await runSuccessfully(Self.python(script, dead))
            for address in ["unix:///no/such.sock", "unix://" + dead, "tcp://127.0.0.1:9", "unix://\(directory.path)"] {
                try await Build(["--addr", address, "."], in: directory).fail(
                    with: 1,
                    saying: String(address.suffix(8))
                )
            }
        }
    }

    @Test func `an address that is no Docker engine is told`() async throws {
        try await withContext { directory in
            let script = """
                import http.server, sys
                class Handler(http.server.BaseHTTPRequestHandler):
                    protocol_version = "HTTP/1.1"
                    def answer(self):
                        self.send_response(404)
                        self.send_header("Content-Length", "0")
                        self.end_headers()
                    do_GET = do_POST = do_HEAD = answer
                server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
                print("port", server.server_port, "is open", flush=True)
                server.serve_forever()
                """
            let server = try RunningProcess.start(Self.python(script))
            defer { server.send(SIGKILL) }
            let port = try await server.awaitText("is open").split(separator: " ")[1]
            let address = "tcp://127.0.0.1:\(port)"
            try await Build(["--addr", address, "."], in: directory).fail(with: 1, saying: address, "no Docker engine")
        }
    }

    @Test(arguments: ["", "SSH-2.0-test\\r\\n"])
    func `an address where something else answers, or nothing ever, is told`(greeting: String) async throws {
        try await withContext { directory in
            let script = """
                import socket
                server = socket.create_server(("127.0.0.1", 0))
                print("port", server.getsockname()[1], "is open", flush=True)
                kept = []
                while True:
                    kept.append(server.accept()[0])
                    kept[-1].sendall(b"\(greeting)")
                """
            let server = try RunningProcess.start(Self.python(script))
            defer { server.send(SIGKILL) }
            let port = try await server.awaitText("is open").split(separator: " ")[1]
            let result = try await Build(["--addr", "tcp://127.0.0.1:\(port)", "."], in: directory).run()
            #expect(result.status == .exited(1))
            #expect(result.errorOutput.contains("127.0.0.1:\(port)"), "\(result.errorOutput)")
            #expect(result.wallTime < .seconds(30))
        }
    }

    @Test(.enabled(if: geteuid() == 0, "root is needed to become somebody else"))
    func `a socket without permission is told as that`() async throws {
        try await withContext { directory in
            let socket = directory.appending(path: "engine.sock").path
            let script = """
                import socket, sys, time
                server = socket.socket(socket.AF_UNIX)
                server.bind(sys.argv[1])
                server.listen()
                print("up", flush=True)
                time.sleep(99)
                """
            let server = try RunningProcess.start(Self.python(script, socket))
            defer { server.send(SIGKILL) }
            _ = try await server.awaitText("up")
            chmod(socket, 0o600)
            chmod(directory.path, 0o755)
            // By a path relative to the folder, as somebody else may not come as far by an absolute one.
            // By a process of its own: a program that another test's child happens to have open for writing is busy.
            let copy = directory.appending(path: "caisson").path
            _ = try await runSuccessfully(Command("/bin/cp", [TestPaths.caisson, copy]))
            var build = Build(["--addr", "unix://" + socket, "."], in: directory, environment: ["HOME": "/"])
            let somebody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--", "./caisson"]
            build.command.executable = "setpriv"
            build.command.arguments = somebody + build.command.arguments
            try await build.fail(with: 1, saying: socket, "may not use")
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `an output that can't be written is named`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withContext { directory in
            let outputs = [
                ["-o", "Dockerfile"], ["-o", "type=tar,dest=Dockerfile/x.tar"], ["-o", "type=tar,dest=."],
                ["-o", "/proc/nothing/new"], ["--metadata-file", "/proc/metadata"],
            ]
            for output in outputs {
                let name = output[1].split(separator: "=").last.map(String.init) ?? ""
                try await Build(output + ["."], in: directory, on: engine).fail(with: 1, saying: name)
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a full disk leaves nothing half-written under the final name`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withContext { directory in
            let small = directory.appending(path: "small")
            try FileManager.default.createDirectory(at: small, withIntermediateDirectories: false)
            guard mount("tmpfs", small.path, "tmpfs", 0, "size=1m") == 0 else {
                throw TestSupportError("a small tmpfs can't be mounted: errno \(errno)")
            }
            defer { umount2(small.path, Int32(MNT_DETACH)) }
            let outputs =
                kind == .docker20
                ? ["type=tar", "type=docker"] : ["type=tar", "type=docker", "type=oci"]
            for type in outputs {
                let flags = ["-t", uniqueImageName("full"), "-o", type + ",dest=small/out.tar", "."]
                try await Build(flags, in: directory, on: engine).fail(
                    with: 1,
                    saying: "small/out.tar",
                    "No space left"
                )
                #expect(try FileManager.default.contentsOfDirectory(atPath: small.path) == [], "\(type)")
            }
            try Data("the old one".utf8).write(to: small.appending(path: "old.tar"))
            try await Build(["-o", "type=tar,dest=small/old.tar", "."], in: directory, on: engine)
                .fail(with: 1, saying: "small/old.tar", "No space left")
            #expect(try String(contentsOf: small.appending(path: "old.tar"), encoding: .utf8) == "the old one")
            try await Build(["-o", "small/out", "."], in: directory, on: engine)
                .fail(with: 1, saying: "small/out", "disk is full")
            #expect(!FileManager.default.fileExists(atPath: small.appending(path: "out/big").path))
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `a reader of a tar that goes away ends the build`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await withContext { directory in
            var build = Build(["-o", "-", "."], in: directory, on: engine)
            let line = [build.command.executable] + build.command.arguments
            build.command.arguments = ["-c", #"set -o pipefail; "$@" | head -c 5 >/dev/null"#, "bash"] + line
            build.command.executable = "bash"
            let result = try await build.run(within: .seconds(60))
            #expect(result.status == .exited(1))
            #expect(result.errorOutput.contains("standard output"), "\(result.errorOutput)")
        }
    }

    private static func python(_ script: String, _ arguments: String...) -> Command {
        Command("python3", ["-c", script] + arguments)
    }
}
