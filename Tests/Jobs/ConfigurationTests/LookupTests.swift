import Foundation
import Testing

@testable import CaissonConfiguration

/// Where the file is looked for.
@Suite struct LookupTests {
    /// Surroundings whose folders are all in one directory.
    private static func surroundings(
        _ directory: String,
        _ variables: [String: String] = [:]
    ) -> ConfigurationSurroundings {
        var surroundings = ConfigurationSurroundings.nowhere(variables)
        surroundings.home = directory + "/home"
        surroundings.workingDirectory = directory + "/work"
        surroundings.systemFolder = directory + "/etc"
        return surroundings
    }

    private static func found(_ surroundings: ConfigurationSurroundings, _ directory: String) throws -> String? {
        try ConfigurationFile.find(in: surroundings)?.path.replacing(directory + "/", with: "")
    }

    @Test func `the first file that is there counts, and only that one`() throws {
        try withTemporaryDirectory { directory in
            let named = ["XDG_CONFIG_HOME": directory + "/settings"]
            let paths = ["etc/caisson.toml", "home/.config/caisson/caisson.toml", "work/caisson.toml"]
            #expect(try Self.found(Self.surroundings(directory), directory) == nil)
            for (index, path) in paths.enumerated() {
                try write("[build_engine]\nmax_concurrent_builds = \(index + 10)\n", to: "\(directory)/\(path)")
                let configuration = try Configuration(in: Self.surroundings(directory))
                #expect(configuration.file == "\(directory)/\(path)")
                #expect(configuration.buildEngine.maxConcurrentBuilds == index + 10)
            }
            try FileManager.default.removeItem(atPath: directory + "/work/caisson.toml")
            #expect(try Self.found(Self.surroundings(directory, named), directory) == "etc/caisson.toml")
            try write("", to: directory + "/settings/caisson/caisson.toml")
            let settings = "settings/caisson/caisson.toml"
            #expect(try Self.found(Self.surroundings(directory, named), directory) == settings)
            // An empty file is there, too: nothing of the next one counts.
            #expect(try Configuration(in: Self.surroundings(directory, named)).buildEngine.maxConcurrentBuilds == 4)
        }
    }

    @Test func `a relative folder of settings is no folder`() {
        let paths = ConfigurationFile.paths(in: .nowhere(["XDG_CONFIG_HOME": "settings"]))
        #expect(
            paths == [
                "/work/caisson.toml", "/home/someone/.config/caisson/caisson.toml", "/etc/caisson/caisson.toml",
            ]
        )
    }

    @Test func `what is there and no file is an error that names it`() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/work/caisson.toml"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let wrong = "\(path): the configuration is not a regular file; put a file there, or remove it"
            #expect(problems(in: Self.surroundings(directory)) == [wrong])
            try FileManager.default.removeItem(atPath: path)
            #expect(mkfifo(path, 0o600) == 0)
            #expect(problems(in: Self.surroundings(directory)) == [wrong])
        }
    }

    @Test func `a file over 1 MiB isn't read`() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/work/caisson.toml"
            try write(String(repeating: "#", count: (1 << 20) + 1), to: path)
            let said = problems(in: Self.surroundings(directory))
            #expect(said == ["\(path): the configuration is larger than 1048576 bytes; write a shorter one"])
            try write(String(repeating: "#", count: 1 << 20), to: path)
            #expect(problems(in: Self.surroundings(directory)) == [])
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root reads every file"))
    func `a file that can't be read is an error`() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/work/caisson.toml"
            try write("", to: path)
            #expect(chmod(path, 0) == 0)
            let said = problems(in: Self.surroundings(directory))
            #expect(said.first?.hasPrefix("\(path): the configuration can't be read") == true)
        }
    }

    @Test(.enabled(if: geteuid() != 0, "root enters every folder"))
    func `in a folder that is closed to the user there is no file`() throws {
        try withTemporaryDirectory { directory in
            for folder in ["work", "home/.config/caisson"] {
                try write("wrong", to: "\(directory)/\(folder)/caisson.toml")
                #expect(chmod("\(directory)/\(folder)", 0) == 0)
            }
            defer { for folder in ["work", "home/.config/caisson"] { chmod("\(directory)/\(folder)", 0o700) } }
            #expect(try Self.found(Self.surroundings(directory), directory) == nil)
            try write("", to: directory + "/etc/caisson.toml")
            #expect(try Self.found(Self.surroundings(directory), directory) == "etc/caisson.toml")
        }
    }

    @Test func `a process reads the file of the folder that it is in by its name`() throws {
        try withTemporaryDirectory { directory in
            try write("", to: directory + "/work/caisson.toml")
            var surroundings = Self.surroundings(directory)
            #expect(try Self.found(surroundings, directory) == "work/caisson.toml")
            // The tests run in a folder that has none.
            surroundings.isInWorkingDirectory = true
            #expect(try Self.found(surroundings, directory) == nil)
        }
    }

    @Test func `a link that leads nowhere is no file, and one that leads to a file is`() throws {
        try withTemporaryDirectory { directory in
            try write("history.enabled = false", to: directory + "/elsewhere")
            try FileManager.default.createDirectory(atPath: directory + "/work", withIntermediateDirectories: true)
            #expect(symlink(directory + "/nothing", directory + "/work/caisson.toml") == 0)
            #expect(try Self.found(Self.surroundings(directory), directory) == nil)
            #expect(unlink(directory + "/work/caisson.toml") == 0)
            #expect(symlink("../elsewhere", directory + "/work/caisson.toml") == 0)
            #expect(try Configuration(in: Self.surroundings(directory)).history.isEnabled == false)
        }
    }

    @Test func `a named file is read alone, or it is an error`() throws {
        try withTemporaryDirectory { directory in
            let surroundings = Self.surroundings(directory, ["BUILD_ENGINE_LOG_LEVEL": "loud"])
            try write("history.enabled = false", to: directory + "/named")
            let file = try ConfigurationFile.named(directory + "/named", in: surroundings)
            #expect(try Configuration(file, in: surroundings, heedsVariables: false).history.isEnabled == false)
            let error = #expect(throws: ConfigurationError.self) {
                try ConfigurationFile.named(directory + "/missing", in: surroundings)
            }
            let missing = "the configuration does not exist; name one that is there"
            #expect(error?.description == "\(directory)/missing: \(missing)")
        }
    }

    @Test func `only the user's and the machine's files may name an address`() throws {
        try withTemporaryDirectory { directory in
            let surroundings = Self.surroundings(directory)
            let text = "engine.builder = 'tcp://h:1'"
            try write(text, to: directory + "/etc/caisson.toml")
            #expect(try Configuration(in: surroundings).engine.builder == "tcp://h:1")
            let file = try ConfigurationFile.named(directory + "/etc/caisson.toml", in: surroundings)
            #expect(try Configuration(file, in: surroundings).engine.builder == "tcp://h:1")
            try write(text, to: directory + "/work/caisson.toml")
            #expect(problems(in: surroundings).count == 1)
        }
    }
}
