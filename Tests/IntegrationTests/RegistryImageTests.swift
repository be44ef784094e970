import Caisson
import CaissonArchive
import CaissonBuildModel
import CaissonEngines
import Foundation
import CaissonRegistry
import Synchronization
import Testing

/// Images in a real registry: pushed by the library, looked at and combined by the command and by others.
@Suite(.enabled(if: RegistryImages.registryIsThere, "skipped: no docker-registry (Scripts/install-engines)"))
struct RegistryImageTests {
    @Test func `images pushed by platform are one index that others read`() async throws {
        try await TestRegistry.with { registry in
            let (index, manifests) = try await RegistryImages.push(to: registry, "made/multi", tag: "1")
            let name = "\(registry.address)/made/multi:1"
            let listed = try await RegistryImages.inspect(name, "--raw")
            #expect(ContentDigest(of: Array(listed.standardOutput)) == index.digest)
            let shown = try await runCaisson(["image", "inspect", name]).output
            #expect(shown.hasPrefix("Name:      \(name)\n"))
            #expect(shown.contains("Platform:  linux/arm64\n"))
            for manifest in manifests { #expect(shown.contains(manifest.digest.description)) }
            // The same again sends nothing and has the same digest.
            let uploads = RegistryImages.uploads(in: registry.log)
            #expect(uploads > 0)
            #expect(try await RegistryImages.push(to: registry, "made/multi", tag: "2").index.digest == index.digest)
            #expect(RegistryImages.uploads(in: registry.log) == uploads)
            try await RegistryImages.copyWithSkopeo(name)
        }
    }

    @Test func `the library makes the index that the command makes, and reads it`() async throws {
        try await TestRegistry.with { registry in
            for (name, architecture) in [("a", "amd64"), ("b", "arm64")] {
                try await RegistryImages.push([architecture], to: registry, "parts/\(name)", tag: "1")
            }
            let sources = try ["a", "b"].map { try ImageReference(parsing: "\(registry.address)/parts/\($0):1") }
            let whole = try ImageReference(parsing: "\(registry.address)/parts/whole:1")
            let index = try await createIndex(whole, from: sources, surroundings: EngineOptions())
            #expect(try await inspectImage(whole, surroundings: EngineOptions()) == index)
            #expect(index.digest == ContentDigest(of: index.bytes).description)
            let dryRun = ["image", "create", "--dry-run"] + sources.map(\.description)
            let printed = try await runSuccessfully(.caisson(dryRun)).output
            #expect(printed == String(decoding: index.bytes, as: UTF8.self) + "\n")
            let missing = try ImageReference(parsing: "\(registry.address)/parts/missing:1")
            let error = await #expect(throws: BuildError.self) {
                try await inspectImage(missing, surroundings: EngineOptions())
            }
            #expect(error?.message.contains("parts/missing") == true)
        }
    }

    @Test func `the command's index is that of docker buildx`() async throws {
        try await TestRegistry.with { registry in
            for (name, architecture) in [("a", "amd64"), ("b", "arm64"), ("c", "s390x")] {
                try await RegistryImages.push([architecture], to: registry, "one/\(name)", tag: "1")
            }
            let sources = ["a", "b", "c"].map { "\(registry.address)/one/\($0):1" }
            let ways: [[String]] = [
                [], ["--annotation", "index:k=<v>&"], ["--annotation", "manifest-descriptor[linux/arm64]:k=v"],
                ["--platform", "linux/arm64,linux/s390x"],
            ]
            for flags in ways {
                let arguments = ["create", "--dry-run"] + flags + sources
                let ours = try await runSuccessfully(.caisson(["image"] + arguments)).output
                guard let buildx = RegistryImages.buildx else { continue }
                #expect(ours == (try await runSuccessfully(Command(buildx, ["imagetools"] + arguments)).output))
            }
            let new = "\(registry.address)/all/of/them:x"
            try await runSuccessfully(.caisson(["image", "create", "-t", new] + sources))
            try await RegistryImages.copyWithSkopeo(new)
            let more = ["image", "create", "--append", "-t", new, "--platform", "linux/amd64", sources[0]]
            try await runSuccessfully(.caisson(more))
            #expect(try await runCaisson(["image", "inspect", new]).output.contains("linux/amd64"))
            guard let buildx = RegistryImages.buildx else { return }
            for format in ["{{json .}}", "{{json .Image}}", "{{json .Manifest}}", "{{.Name}}", "{{json .SBOM}}"] {
                let arguments = ["inspect", "--format", format, sources[0]]
                let ours = try await runSuccessfully(.caisson(["image"] + arguments)).output
                #expect(ours == (try await runSuccessfully(Command(buildx, ["imagetools"] + arguments)).output))
            }
        }
    }

    @Test func `a protected registry takes the login that is stored and no other`() async throws {
        try await TestRegistry.with(protected: true) { registry in
            let name = "\(registry.address)/private/x:1"
            let refused = try await runCaisson(["image", "inspect", name])
            #expect(refused.status == .exited(1))
            #expect(refused.errorOutput.contains("wants a login, and none is stored"))
            try await withTemporaryDirectory { directory in
                let login = Data("\(TestRegistry.user):\(TestRegistry.password)".utf8).base64EncodedString()
                let config = #"{"auths":{"\#(registry.address)":{"auth":"\#(login)"}}}"#
                try Data(config.utf8).write(to: directory.appending(path: "config.json"))
                let variables = ["DOCKER_CONFIG": directory.path]
                try await RegistryImages.push(["amd64"], to: registry, "private/x", tag: "1", variables: variables)
                let shown = try await runCaisson(["image", "inspect", name], environment: variables)
                #expect(shown.output.contains("Digest:    sha256:"))
                let missing = try await runCaisson(["image", "inspect", name + "nope"], environment: variables)
                #expect(missing.errorOutput.contains("doesn't exist in the registry \(registry.address)"))
                #expect(!missing.errorOutput.contains(TestRegistry.password))
            }
        }
    }

    @Test(.requiresEngine, arguments: EngineKind.testable)
    func `an image that an engine saves is pushed and runs again`(kind: EngineKind) async throws {
        let engine = try await TestEngine.shared(kind)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                let steps = "RUN echo one >/one\nRUN echo two >/two\nCMD [\"/bin/cat\", \"/one\", \"/two\"]\n"
                try TestContext.write(TestContext.busyboxBase + steps, to: directory)
                let word = uniqueImageName("saved")
                try await Build(["-t", word, "--load", "."], in: directory, on: engine).succeed()
                let file = directory.appending(path: "saved.tar").path
                try await engine.docker("save", "-o", file, word)
                let images = try await ImageTar.read(FileChunks(path: file)).images
                let repository = Repository(host: registry.address, path: "saved")
                let image = try #require(images.first)
                var options = ImagePushOptions()
                options.tag = "1"
                let chosen = options
                let pushed = try await withRegistryClient(RegistryImages.options()) { client in
                    try await client.push(image, to: repository, chosen)
                }
                try await engine.docker("rmi", "-f", word)
                let name = "\(registry.address)/saved@\(pushed.digest)"
                try await engine.docker("pull", name)
                #expect(try await engine.runContainer(name) == "one\ntwo\n")
            }
        }
    }

    @Test(arguments: [
        ["inspect", "UPPER"], ["inspect", "a", "--format", "{{nope}}"], ["inspect", "--raw", "--format", "json", "a"],
        ["create", "a"], ["create", "-t", "a:b:c", "x"], ["create", "--dry-run", "--annotation", "foo:a=b", "x"],
        ["create", "--dry-run", "--platform", "linux/vax", "x"], ["create", "--dry-run"], ["create", "--nope", "x"],
        ["create", "--dry-run", "-f", "/nonexistent"], ["create", "--dry-run", "{\"digest\":1}"], ["frobnicate"],
        ["create", "--dry-run", "--progress", "loud", "x"],
    ])
    func `wrong input is refused before anything is asked`(arguments: [String]) async throws {
        let result = try await runCaisson(["image"] + arguments, within: .seconds(5))
        #expect(result.status == .exited(2))
        #expect(result.errorOutput.hasPrefix("error: "))
    }
}

/// The chunks of a file.
private struct FileChunks: AsyncSequence, Sendable {
    let path: String

    struct AsyncIterator: AsyncIteratorProtocol {
        let file: FileHandle?

        mutating func next() async throws -> [UInt8]? {
            guard let data = try file?.read(upToCount: 256 << 10), !data.isEmpty else { return nil }
            return [UInt8](data)
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(file: FileHandle(forReadingAtPath: path)) }
}

/// Images made by hand, and the tools that look at them.
enum RegistryImages {
    static let registryIsThere = FileManager.default.isExecutableFile(
        atPath: TestPaths.cache + "/engines/registry/bin/docker-registry"
    )

    /// The real docker-buildx, where it is installed.
    static let buildx: String? = {
        let path = TestPaths.cache + "/engines/28/bin/docker-buildx"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    static func options(_ variables: [String: String] = [:]) -> RegistryOptions {
        RegistryOptions(variables: variables, home: TestPaths.scratch + "/home")
    }

    @discardableResult
    static func push(
        _ architectures: [String] = ["amd64", "arm64"],
        to registry: TestRegistry,
        _ path: String,
        tag: String,
        variables: [String: String] = [:]
    ) async throws -> (index: ContentDescriptor, manifests: [ContentDescriptor]) {
        let repository = Repository(host: registry.address, path: path)
        return try await withRegistryClient(options(variables)) { client in
            var manifests: [ContentDescriptor] = []
            var options = ImagePushOptions()
            if architectures.count == 1 { options.tag = tag }
            for architecture in architectures {
                let image = try await image(architecture)
                manifests.append(try await client.push(image, to: repository, options))
            }
            guard manifests.count > 1 else { return (manifests[0], manifests) }
            let reference = ImageReference(domain: repository.host, path: repository.path, tag: tag)
            return (try await client.pushIndex(of: manifests, to: [reference]), manifests)
        }
    }

    /// An image with a layer large enough to be streamed.
    static func image(_ architecture: String) async throws -> ImageTar.Image {
        var random = SystemRandomNumberGenerator.fixed(UInt64(architecture.utf8.reduce(0) { $0 &+ Int($1) }))
        let noise = (0..<1_500_000).map { _ in random.next() }
        let layer = try tar([("noise", noise), ("arch", Array(architecture.utf8))])
        let diff = ContentDigest(of: layer)
        let config =
            #"{"architecture":"\#(architecture)","os":"linux","config":{"Cmd":["/x"]},"rootfs":{"type":"layers","diff_ids":["\#(diff)"]}}"#
        let list = #"[{"Config":"c.json","Layers":["1/layer.tar"]}]"#
        let all = try tar([("1/layer.tar", layer), ("c.json", Array(config.utf8)), ("manifest.json", Array(list.utf8))])
        let stream = AsyncStream<[UInt8]> { continuation in
            continuation.yield(all)
            continuation.finish()
        }
        guard let image = try await ImageTar.read(stream).images.first else { throw TestSupportError("no image") }
        return image
    }

    static func tar(_ files: [(String, [UInt8])]) throws -> [UInt8] {
        let out = Mutex<[UInt8]>([])
        var writer = try TarWriter.open { bytes throws(ArchiveError) in out.withLock { $0 += Array(bytes) } }
        for (name, content) in files {
            try writer.add(
                TarEntry(path: Array(name.utf8), kind: .file(size: Int64(content.count)), permissions: 0o644)
            )
            try put(content, into: &writer)
        }
        try writer.finish()
        return out.withLock { $0 }
    }

    private static func put(_ content: [UInt8], into writer: inout TarWriter) throws(ArchiveError) {
        var failure: ArchiveError?
        content.withUnsafeBytes { bytes in
            do throws(ArchiveError) { try writer.write(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// How many uploads a registry's log tells of.
    static func uploads(in log: String) -> Int {
        log.components(separatedBy: "/blobs/uploads/").count - 1
    }

    static func inspect(_ name: String, _ flags: String...) async throws -> ProcessResult {
        try await runSuccessfully(.caisson(["image", "inspect", name] + flags))
    }

    /// Has skopeo, where it is, fetch every blob of every platform, which checks all digests.
    static func copyWithSkopeo(_ name: String) async throws {
        guard FileManager.default.isExecutableFile(atPath: "/usr/bin/skopeo") else { return }
        try await withTemporaryDirectory { directory in
            let flags = ["copy", "--all", "--src-tls-verify=false", "--insecure-policy"]
            let target = "oci:" + directory.appending(path: "out").path
            try await runSuccessfully(Command("/usr/bin/skopeo", flags + ["docker://" + name, target]))
        }
    }
}

extension SystemRandomNumberGenerator {
    /// Numbers that look random and are the same each time.
    fileprivate struct Fixed {
        var state: UInt64

        mutating func next() -> UInt8 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
    }

    fileprivate static func fixed(_ seed: UInt64) -> Fixed { Fixed(state: seed) }
}
