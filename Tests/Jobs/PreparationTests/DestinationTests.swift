import CaissonBuildModel
import CaissonSystem
import Glibc
import Testing

@testable import CaissonPreparation

@Suite("Places of results, looked at before the build")
struct DestinationTests {
    private static func refusal(_ export: ExportSpec, in directory: String) -> String? {
        var request = BuildRequest(context: .directory(directory))
        request.exports = [export]
        do throws(BuildError) {
            _ = try prepare(request, in: Surroundings(environment: [:], home: directory))
            return nil
        } catch {
            return error.message
        }
    }

    @Test("What can't be written is refused, what can be made isn't")
    func destinations() async throws {
        try await withTemporaryDirectory { directory in
            try write("FROM scratch\n", to: "\(directory)/Dockerfile")
            try write("x", to: "\(directory)/file")
            mkdir("\(directory)/folder", 0o755)
            let file = { (path: String) in ExportFile.path("\(directory)/\(path)") }
            for path in ["new", "folder/new", "a/b/c", "file", "folder/a/b"] {
                #expect(Self.refusal(.tar(file(path), attributes: [:]), in: directory) == nil, "\(path)")
            }
            for path in ["new", "folder", "a/b/c"] {
                let export = ExportSpec.local(directory: "\(directory)/\(path)", attributes: [:])
                #expect(Self.refusal(export, in: directory) == nil, "\(path)")
            }
            for path in ["file/x", "file/x/y"] {
                let words = "\"\(directory)/file\" is a file"
                let exports: [ExportSpec] = [
                    .tar(file(path), attributes: [:]), .oci(file(path), attributes: [:]),
                    .docker(file(path), attributes: [:]), .local(directory: "\(directory)/\(path)", attributes: [:]),
                ]
                for export in exports {
                    #expect(Self.refusal(export, in: directory)?.hasSuffix(words) == true, "\(export)")
                }
            }
            #expect(Self.refusal(.tar(file("folder"), attributes: [:]), in: directory)?.contains("directory") == true)
            #expect(Self.refusal(.tar(.path("/dev/null"), attributes: [:]), in: directory) == nil)
            #expect(Self.refusal(.tar(.standardOutput, attributes: [:]), in: directory) == nil)
        }
    }

    @Test("A link's place is where it leads, and a descriptor's own place is nobody's matter")
    func links() async throws {
        try await withTemporaryDirectory { directory in
            try write("FROM scratch\n", to: "\(directory)/Dockerfile")
            try write("x", to: "\(directory)/file")
            symlink("file/below", "\(directory)/broken")
            symlink("new", "\(directory)/dangling")
            let refusal = { (name: String) in
                Self.refusal(.tar(.path("\(directory)/\(name)"), attributes: [:]), in: directory)
            }
            #expect(refusal("broken")?.hasSuffix("\"\(directory)/file\" is a file") == true)
            #expect(refusal("dangling") == nil)
            symlink("/proc/self/fd/1", "\(directory)/descriptor")
            #expect(PathFacts.followed("\(directory)/descriptor") == "/proc/self/fd/1")
            #expect(refusal("descriptor") == nil)
            #expect(PathFacts.followed("\(directory)/dangling") == "\(directory)/new")
        }
    }
}
