import CaissonBuildContext
import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonPreparation

@Suite("Files and standard input, looked at before the build")
struct PreparationTests {
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

    private func message(
        _ context: ContextSource,
        _ dockerfile: DockerfileSource = .inContext(nil),
        input: [UInt8] = []
    ) async throws -> String {
        let request = BuildRequest(context: context, dockerfile: dockerfile)
        let error = try await withInput(input) { descriptor in
            #expect(throws: BuildError.self) { try ResolvedSources(request, input: descriptor) }
        }
        #expect(error?.exitStatus == 2)
        return error?.message ?? ""
    }

    @Test("A directory with a Dockerfile is a build")
    func plain() async throws {
        try await withTemporaryDirectory { directory in
            for name in ["dockerfile", "Dockerfile"] {
                try write("FROM scratch\n", to: "\(directory)/\(name)")
                let request = BuildRequest(context: .directory(directory))
                #expect(try ResolvedSources(request, input: .standardInput).request == request)
            }
        }
    }

    @Test("A missing or wrong context directory is named, with the nearest one")
    func contexts() async throws {
        try await withTemporaryDirectory { directory in
            mkdir("\(directory)/app", 0o755)
            try write("x", to: "\(directory)/file")
            #expect(try await message(.directory("\(directory)/ap")).contains("did you mean \(directory)/app?"))
            #expect(try await message(.directory("\(directory)/nothing/like/it")).contains("isn't there either"))
            #expect(try await message(.directory("\(directory)/file")).contains("is a file, not a directory"))
            #expect(try await message(.directory("\(directory)/file/x")).contains("Not a directory"))
            #expect(
                try await message(.directory("\(directory)/" + String(repeating: "x", count: 300))).contains(
                    "File name too long"
                )
            )
        }
    }

    @Test("A missing Dockerfile is named, with those that are near")
    func dockerfiles() async throws {
        try await withTemporaryDirectory { directory in
            let missing = try await message(.directory(directory))
            #expect(missing.contains("no Dockerfile in \"\(directory)\"; name it with dockerfile"))
            for name in ["Dockerfile.dev", "Containerfile", "Dockerfile.dev.dockerignore", "README"] {
                try write("FROM scratch\n", to: "\(directory)/\(name)")
            }
            mkdir("\(directory)/dockerfiles", 0o755)
            let near = try await message(.directory(directory))
            #expect(near.contains("near: \(directory)/Containerfile, \(directory)/Dockerfile.dev (choose"))
            #expect(
                try await message(.directory(directory), .file("\(directory)/Dockerfile.def")).contains(
                    "Dockerfile.dev"
                )
            )
            #expect(
                try await message(.directory(directory), .file("Dockerfile.dev")).contains(
                    "did you mean \(directory)/Dockerfile.dev?"
                )
            )
            #expect(try await message(.directory(directory), .file(directory)).contains("is a directory"))
            #expect(
                try await message(.directory(directory), .file("\(directory)/README/x")).contains("Not a directory")
            )
        }
    }

    @Test("A Dockerfile that is a directory, empty or a dangling link is refused")
    func oddDockerfiles() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/Dockerfile"
            mkdir(path, 0o755)
            #expect(try await message(.directory(directory)).contains("is a directory"))
            rmdir(path)
            try write("", to: path)
            #expect(try await message(.directory(directory)).contains("is empty"))
            unlink(path)
            symlink("gone", path)
            #expect(try await message(.directory(directory)).contains("a symbolic link to \"gone\", which isn't there"))
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
            let request = BuildRequest(
                context: .directory(directory),
                dockerfile: .file("/dev/fd/\(ends[0])")
            )
            let inputs = try ResolvedSources(request, input: .standardInput)
            #expect(inputs.request.dockerfile == .text(Array("FROM scratch\n".utf8)))
        }
    }

    @Test("Text on standard input is the Dockerfile of an empty context, read to its end")
    func textContext() async throws {
        let text = Array("FROM scratch\n".utf8) + [UInt8](repeating: 0x23, count: 100_000)
        let inputs = try await withInput(text) { try ResolvedSources(BuildRequest(context: .tarOnInput), input: $0) }
        #expect(inputs.request.context == .empty)
        #expect(inputs.request.dockerfile == .text(text))
        #expect(inputs.tar == nil)
    }

    @Test("A tar on standard input keeps every byte: those looked at and the rest")
    func tarContext() async throws {
        let archive = [0x1F, 0x8B] + (0..<700_000).map { UInt8(truncatingIfNeeded: $0) }
        try await withInput(archive) { descriptor in
            let inputs = try ResolvedSources(
                BuildRequest(context: .tarOnInput, dockerfile: .inContext("D")),
                input: descriptor
            )
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
            let request = BuildRequest(context: .directory(directory), dockerfile: .text([]))
            let inputs = try await withInput(Array("FROM a".utf8)) { try ResolvedSources(request, input: $0) }
            #expect(inputs.request.context == .directory(directory))
            #expect(inputs.request.dockerfile == .text(Array("FROM a".utf8)))
            #expect(try await message(.directory(directory), .text([])).contains("standard input is empty"))
            #expect(
                try await message(.directory(directory), .text([]), input: [0x1F, 0x8B]).contains(
                    "an archive, not a Dockerfile"
                )
            )
        }
    }

    @Test("What standard input can't be is said")
    func badInput() async throws {
        #expect(try await message(.tarOnInput).contains("standard input is empty"))
        #expect(
            try await message(.tarOnInput, input: [0x28, 0xB5, 0x2F, 0xFD, 0]).contains(
                "is zstd, which BuildKit doesn't take"
            )
        )
        #expect(
            try await message(.tarOnInput, .inContext("D"), input: Array("FROM a".utf8)).contains(
                "dockerfile \"D\" names another"
            )
        )
        let huge = [UInt8](repeating: 0x23, count: ResolvedDockerfile.largest + 1)
        #expect(try await message(.tarOnInput, input: huge).contains("over 16 MiB"))
    }

    @Test("The global headers that a tar begins with are left out", arguments: [[0], [1, 52], [512], [600, 4000]])
    func globalHeaders(sizes: [Int]) throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let tar = Self.header(kind: "0", size: 3) + Array("abc".utf8) + [UInt8](repeating: 0, count: 509 + 1024)
        var bytes: [UInt8] = []
        for size in sizes {
            bytes += Self.header(kind: "g", size: size) + [UInt8](repeating: 0x78, count: (size + 511) / 512 * 512)
        }
        bytes += tar
        #expect(write(ends[1], bytes, bytes.count) == bytes.count)
        close(ends[1])
        let input = try StandardInput.open(BorrowedDescriptor(number: ends[0]))
        #expect(input.content == .tar)
        #expect(try input.text() == tar)
    }

    private static func header(kind: String, size: Int) -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        header.replaceSubrange(0..<1, with: "a".utf8)
        let digits = String(size, radix: 8)
        header.replaceSubrange(124..<135, with: (String(repeating: "0", count: 11 - digits.count) + digits).utf8)
        header[156] = kind.utf8.first ?? 0
        header.replaceSubrange(257..<262, with: "ustar".utf8)
        return header
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
            let error = #expect(throws: BuildError.self) { try ResolvedSources(request, input: .standardInput) }
            #expect(error?.message.contains("no such Dockerfile") == true)
        }
    }

    // MARK: The whole

    /// The error of preparing a build of a directory with a good Dockerfile, changed by `change`.
    private func refusal(_ directory: String, _ change: (inout BuildRequest) -> Void) throws -> BuildError? {
        try write("FROM scratch\n", to: "\(directory)/Dockerfile")
        var request = BuildRequest(context: .directory(directory))
        change(&request)
        return #expect(throws: BuildError.self) { try prepare(request, in: Surroundings()) }
    }

    @Test("What a program's build names on this machine is checked as a command's")
    func checks() async throws {
        try await withTemporaryDirectory { directory in
            let contradiction = try refusal(directory) { $0.target = "" }
            #expect(contradiction?.message.contains("no name of a stage") == true)
            let secret = try refusal(directory) { $0.secrets = [SecretSpec(id: "t", source: .environment("GONE"))] }
            #expect(secret?.message.contains("GONE") == true)
            let output = try refusal(directory) { $0.exports = [.tar(.path(directory), attributes: [:])] }
            #expect(output?.code == .output && output?.message.contains("it is a directory") == true)
            try write("a\n[\n", to: "\(directory)/.dockerignore")
            let pattern = try refusal(directory) { _ in }
            #expect(pattern?.code == .usage && pattern?.message.contains(".dockerignore") == true)
        }
    }

    @Test("A prepared build has its standard input and knows whether it runs the platform's programs")
    func prepared() async throws {
        let platform = Platform(os: "linux", architecture: "riscv64")
        var text = BuildRequest(context: .tarOnInput)
        text.platforms = [platform]
        let request = text
        let prepared = try await withInput(Array("FROM a\nRUN x\n".utf8)) { input in
            try prepare(request, in: Surroundings(standardInput: input.number))
        }
        #expect(prepared.request.runsTargetPrograms == true)
        #expect(prepared.request.input == nil)
        let archive: [UInt8] = [0x1F, 0x8B, 1, 2, 3]
        try await withInput(archive) { input in
            let prepared = try prepare(
                BuildRequest(context: .tarOnInput),
                in: Surroundings(standardInput: input.number)
            )
            #expect(try await prepared.request.input?.next() == archive)
        }
        let error = #expect(throws: BuildError.self) {
            try prepare(BuildRequest(context: .tarOnInput), in: Surroundings())
        }
        #expect(error?.message.contains("no standard input was given") == true)
    }
}
