import CaissonBuildModel
import CaissonPlanning
import CaissonSystem
import FoundationEssentials
import Glibc
import Testing

@testable import CaissonPreparation

@Suite("Finding the files of definitions")
struct DefinitionFilesTests {
    private static let noInput = DefinitionFiles(input: nil)

    /// The message of what a reading throws.
    private static func refusal(_ body: () throws -> [BakeFile]) -> String? {
        do {
            _ = try body()
            return nil
        } catch {
            guard let error = error as? BuildError, error.code == .usage else { return "\(error)" }
            return error.message
        }
    }

    private static func texts(_ files: [BakeFile]) -> [String] {
        files.map { "\($0.name)=\(String(decoding: $0.bytes, as: UTF8.self))" }
    }

    /// Runs a test with the reading end of a pipe that holds a text and has an end.
    private static func withPipe<Result>(_ text: String, _ body: (Int32) throws -> Result) throws -> Result {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        try BorrowedDescriptor(number: ends[1]).write(Array(text.utf8))
        close(ends[1])
        return try body(ends[0])
    }

    @Test("Of the default names those are read that are there, in their order")
    func defaults() async throws {
        try await withTemporaryDirectory { path in
            let all = (Manifest.defaultNames + BakeFile.defaultNames).map { "\(path)/\($0)" }
            #expect(
                Self.refusal { try Self.noInput.found(in: path) }
                    == "there is no definition in this directory (\(all.joined(separator: ", "))); "
                    + "name one, or change to its directory"
            )
            let names = ["compose.yml", "docker-bake.json", "docker-bake.hcl"].map { "\(path)/\($0)" }
            try write("c", to: names[2])
            try write("b", to: names[0])
            #expect(try Self.texts(Self.noInput.found(in: path)) == ["\(names[0])=b", "\(names[2])=c"])
            mkdir(names[1], 0o755)
            #expect(
                Self.refusal { try Self.noInput.found(in: path) }
                    == "the definition \"\(names[1])\" is a directory; name a file"
            )
            // A manifest of ours is read alone.
            try write("m", to: "\(path)/caisson.yml")
            #expect(try Self.texts(Self.noInput.found(in: path)) == ["\(path)/caisson.yml=m"])
        }
    }

    @Test("Named files are read in their order; cwd:// is this directory's mark")
    func named() async throws {
        try await withTemporaryDirectory { path in
            try write("a", to: "\(path)/a")
            try write("", to: "\(path)/b")
            let names = ["cwd://\(path)/b", "\(path)/a", "\(path)/a"]
            #expect(try Self.texts(Self.noInput.named(names)) == ["\(path)/b=", "\(path)/a=a", "\(path)/a=a"])
            #expect(try Self.noInput.named([]).isEmpty)
        }
    }

    @Test("A file that isn't there is refused with the one that was probably meant")
    func missing() async throws {
        try await withTemporaryDirectory { path in
            try write("a", to: "\(path)/docker-bake.hcl")
            func refusal(_ name: String) -> String? { Self.refusal { try Self.noInput.named([name]) } }
            #expect(
                refusal("\(path)/docker-bak.hcl")
                    == "no such definition: \"\(path)/docker-bak.hcl\"; did you mean \(path)/docker-bake.hcl?"
            )
            #expect(refusal("\(path)/other") == "no such definition: \"\(path)/other\"")
            #expect(
                refusal("\(path)/no/x") == "no such definition: \"\(path)/no/x\"; \"\(path)/no\" isn't there either"
            )
            #expect(
                refusal("\(path)/docker-bake.hcl/x")
                    == "can't read the definition \"\(path)/docker-bake.hcl/x\": Not a directory"
            )
            #expect(refusal(path) == "the definition \"\(path)\" is a directory; name a file")
            #expect(refusal("") == "no such definition: \"\"")
        }
    }

    @Test("2 MiB are read and no more, from files and pipes")
    func large() async throws {
        try await withTemporaryDirectory { path in
            let file = "\(path)/large.hcl"
            try write(String(repeating: "#", count: BakeFile.largest), to: file)
            #expect(try Self.noInput.named([file]).first?.bytes.count == BakeFile.largest)
            try write(String(repeating: "#", count: BakeFile.largest + 1), to: file)
            let problem = "has more than 2 MiB; split it"
            #expect(Self.refusal { try Self.noInput.named([file]) } == "the definition \"\(file)\" \(problem)")
            let number = open(file, O_RDONLY | O_CLOEXEC)
            defer { close(number) }
            let input = DefinitionFiles(input: BorrowedDescriptor(number: number))
            #expect(Self.refusal { try input.named(["-"]) } == "the definition on standard input \(problem)")
        }
    }

    @Test("A pipe is read by its name, and standard input by a dash, once")
    func streams() throws {
        try Self.withPipe("piped") { number in
            let found = Self.texts(try Self.noInput.named(["/dev/fd/\(number)"]))
            #expect(found == ["/dev/fd/\(number)=piped"])
        }
        try Self.withPipe("input") { number in
            let files = DefinitionFiles(input: BorrowedDescriptor(number: number))
            for names in [["-", "-"], ["-", "cwd://-"]] {
                #expect(
                    Self.refusal { try files.named(names) }
                        == "standard input is named twice as a definition; it can be read once"
                )
            }
            let found = Self.texts(try files.named(["-"]))
            #expect(found == ["-=input"])
        }
        #expect(
            Self.refusal { try Self.noInput.named(["-"]) } == "there is no standard input to read a definition from"
        )
    }

    @Test("A terminal is no definition")
    func terminal() throws {
        let number = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(number >= 0 && isatty(number) == 1)
        defer { close(number) }
        let files = DefinitionFiles(input: BorrowedDescriptor(number: number))
        #expect(
            Self.refusal { try files.named(["-"]) }
                == "standard input is a terminal; redirect a definition to it, as with - < FILE"
        )
    }

    @Test("A thousand files may be named")
    func many() throws {
        let names = Array(repeating: "/dev/null", count: 1000)
        #expect(try Self.noInput.named(names).count == 1000)
        #expect(
            Self.refusal { try Self.noInput.named(names + ["/dev/null"]) }
                == "1001 definition files are named; at most 1000 are read"
        )
    }

    @Test("A compose file is told what is at a path that it names")
    func content() async throws {
        try await withTemporaryDirectory { path in
            try write("abc", to: "\(path)/file")
            mkfifo("\(path)/fifo", 0o600)
            func content(_ name: String, _ limit: Int = 3) -> String {
                "\(DefinitionFiles.content(at: "\(path)/\(name)", limit: limit))"
            }
            #expect(content("file") == "bytes([97, 98, 99])")
            #expect(content("file", 2) == "tooLarge")
            #expect(content("none") == "missing")
            #expect(content("file/none") == "missing")
            #expect(content("") == "directory")
            #expect(content("fifo") == "unreadable(\"is not a regular file\")")
        }
    }
}
