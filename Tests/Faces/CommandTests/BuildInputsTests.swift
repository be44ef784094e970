import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import caisson

@Suite("Files and standard input, looked at before the build")
struct BuildInputsTests {
    /// A descriptor that gives some bytes and ends.
    private func withInput<Result>(
        _ bytes: [UInt8],
        _ body: (BorrowedDescriptor) async throws -> Result
    ) async throws -> Result {
        let file = try #require(tmpfile())
        defer { fclose(file) }
        fwrite(bytes, 1, bytes.count, file)
        rewind(file)
        return try await body(BorrowedDescriptor(number: fileno(file)))
    }

    private func message(_ words: [String], input: [UInt8] = []) async throws -> String {
        let request = try buildRequest(words)
        let error = try await withInput(input) { descriptor in
            #expect(throws: BuildError.self) { try BuildInputs(request, input: descriptor) }
        }
        #expect(error?.exitStatus == 2)
        return error?.message ?? ""
    }

    @Test("A directory with a Dockerfile is a build")
    func plain() async throws {
        try await withTemporaryDirectory { directory in
            for name in ["dockerfile", "Dockerfile"] {
                try write("FROM scratch\n", to: "\(directory)/\(name)")
                let request = try buildRequest([directory])
                #expect(try BuildInputs(request, input: .standardInput).request == request)
            }
        }
    }

    @Test("A missing or wrong context directory is named, with the nearest one")
    func contexts() async throws {
        try await withTemporaryDirectory { directory in
            mkdir("\(directory)/app", 0o755)
            try write("x", to: "\(directory)/file")
            #expect(try await message(["\(directory)/ap"]).contains("did you mean \(directory)/app?"))
            #expect(try await message(["\(directory)/nothing/like/it"]).contains("isn't there either"))
            #expect(try await message(["\(directory)/file"]).contains("is a file, not a directory"))
            #expect(try await message(["\(directory)/file/x"]).contains("Not a directory"))
            #expect(
                try await message(["\(directory)/" + String(repeating: "x", count: 300)]).contains("File name too long")
            )
        }
    }

    @Test("A missing Dockerfile is named, with those that are near")
    func dockerfiles() async throws {
        try await withTemporaryDirectory { directory in
            let missing = try await message([directory])
            #expect(missing.contains("no Dockerfile in \"\(directory)\"; name it with --file"))
            for name in ["Dockerfile.dev", "Containerfile", "Dockerfile.dev.dockerignore", "README"] {
                try write("FROM scratch\n", to: "\(directory)/\(name)")
            }
            mkdir("\(directory)/dockerfiles", 0o755)
            let near = try await message([directory])
            #expect(near.contains("near: \(directory)/Containerfile, \(directory)/Dockerfile.dev (choose"))
            #expect(try await message(["-f", "\(directory)/Dockerfile.def", directory]).contains("Dockerfile.dev"))
            #expect(
                try await message(["-f", "Dockerfile.dev", directory]).contains(
                    "did you mean \(directory)/Dockerfile.dev?"
                )
            )
            #expect(try await message(["-f", directory, directory]).contains("is a directory"))
            #expect(try await message(["-f", "\(directory)/README/x", directory]).contains("Not a directory"))
        }
    }

    @Test("A Dockerfile that is a directory, empty or a dangling link is refused")
    func oddDockerfiles() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/Dockerfile"
            mkdir(path, 0o755)
            #expect(try await message([directory]).contains("is a directory"))
            rmdir(path)
            try write("", to: path)
            #expect(try await message([directory]).contains("is empty"))
            unlink(path)
            symlink("gone", path)
            #expect(try await message([directory]).contains("a symbolic link to \"gone\", which isn't there"))
        }
    }

    @Test("A Dockerfile through a pipe is read at once, as it can't be read twice")
    func pipedDockerfile() async throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        try BorrowedDescriptor(number: ends[1]).write(Array("FROM scratch\n".utf8))
        close(ends[1])
        defer { close(ends[0]) }
        try await withTemporaryDirectory { directory in
            let request = try buildRequest(["-f", "/dev/fd/\(ends[0])", directory])
            let inputs = try BuildInputs(request, input: .standardInput)
            #expect(inputs.request.dockerfile == .text(Array("FROM scratch\n".utf8)))
        }
    }

    @Test("Text on standard input is the Dockerfile of an empty context, read to its end")
    func textContext() async throws {
        let text = Array("FROM scratch\n".utf8) + [UInt8](repeating: 0x23, count: 100_000)
        let inputs = try await withInput(text) { try BuildInputs(try buildRequest(["-"]), input: $0) }
        #expect(inputs.request.context == .empty)
        #expect(inputs.request.dockerfile == .text(text))
        #expect(inputs.tar == nil)
    }

    @Test("A tar on standard input keeps every byte: those looked at and the rest")
    func tarContext() async throws {
        let archive = [0x1F, 0x8B] + (0..<700_000).map { UInt8(truncatingIfNeeded: $0) }
        try await withInput(archive) { descriptor in
            let inputs = try BuildInputs(try buildRequest(["-f", "D", "-"]), input: descriptor)
            #expect(inputs.request.context == .tarOnInput)
            #expect(inputs.request.dockerfile == .inContext("D"))
            let tar = try #require(inputs.tar)
            let source = tar.source()
            var sent: [UInt8] = []
            while case let bytes = try await source(), !bytes.isEmpty { sent += bytes }
            #expect(sent == archive)
        }
    }

    @Test("A stuck writer of standard input doesn't keep a cancelled build from ending", .timeLimit(.minutes(1)))
    func stuckInput() async throws {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let source = StandardInput(prefix: [1], descriptor: BorrowedDescriptor(number: ends[0])).source()
        #expect(try await source() == [1])
        await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await source() }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
    }

    @Test("A Dockerfile on standard input goes with a directory")
    func textDockerfile() async throws {
        try await withTemporaryDirectory { directory in
            let request = try buildRequest(["-f", "-", directory])
            let inputs = try await withInput(Array("FROM a".utf8)) { try BuildInputs(request, input: $0) }
            #expect(inputs.request.context == .directory(directory))
            #expect(inputs.request.dockerfile == .text(Array("FROM a".utf8)))
            #expect(try await message(["-f", "-", directory]).contains("standard input is empty"))
            #expect(
                try await message(["-f", "-", directory], input: [0x1F, 0x8B]).contains("an archive, not a Dockerfile")
            )
        }
    }

    @Test("What standard input can't be is said")
    func badInput() async throws {
        #expect(try await message(["-"]).contains("standard input is empty"))
        #expect(
            try await message(["-"], input: [0x28, 0xB5, 0x2F, 0xFD, 0]).contains(
                "is zstd, which BuildKit doesn't take"
            )
        )
        #expect(
            try await message(["-f", "D", "-"], input: Array("FROM a".utf8)).contains("--file \"D\" names another")
        )
        let huge = [UInt8](repeating: 0x23, count: StandardInput.textLimit + 1)
        #expect(try await message(["-"], input: huge).contains("over 16 MiB"))
    }

    @Test("A tar is known with and without its magic")
    func tars() {
        var header = [UInt8](repeating: 0, count: 512)
        header.replaceSubrange(0..<5, with: "a.txt".utf8)
        header.replaceSubrange(100..<107, with: "0000644".utf8)
        let sum = header.reduce(8 * 0x20) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        header.replaceSubrange(148..<154, with: (String(repeating: "0", count: 6 - digits.count) + digits).utf8)
        #expect(StandardInput.content(of: header) == .tar)
        header[0] += 1
        #expect(StandardInput.content(of: header) == .text)
        header.replaceSubrange(257..<262, with: "ustar".utf8)
        #expect(StandardInput.content(of: header) == .tar)
        #expect(StandardInput.content(of: Array("BZh9".utf8)) == .tar)
        #expect(StandardInput.content(of: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) == .tar)
        #expect(StandardInput.content(of: Array("FROM scratch".utf8)) == .text)
        #expect(StandardInput.content(of: []) == .nothing)
    }

    @Test("A directory wins over an address without scheme")
    func directoryWins() async throws {
        try await withTemporaryDirectory { directory in
            let request = BuildRequest(context: .remote(directory), dockerfile: .inContext("D"))
            let error = #expect(throws: BuildError.self) { try BuildInputs(request, input: .standardInput) }
            #expect(error?.message.contains("no such Dockerfile") == true)
        }
    }
}
