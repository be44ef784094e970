import Foundation
import Testing

/// The attributes of images in the engine's store and in registries.
@Suite struct StoreAttributeTests {
    private static func write(to directory: URL) throws -> String {
        let word = uniqueImageName("store")
        try TestContext.write("FROM scratch\nCOPY word /\n", to: directory, files: ["word": word])
        return word
    }

    /// The names of images as containerd itself has them.
    private static func names(in engine: TestEngine) async throws -> [String] {
        let find = Command("find", [engine.directory + "/exec", "-name", "containerd.sock", "-type", "s"])
        let socket = try await runSuccessfully(find).output.split(separator: "\n").first ?? ""
        let list = Command(engine.kind.programs + "/ctr", ["-a", String(socket), "-n", "moby", "images", "ls", "-q"])
        return try await runSuccessfully(list).output.split(separator: "\n").map(String.init)
    }

    @Test(.requires(.docker26))
    func `names in the store are canonical or dangling where that is asked for`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await withTemporaryDirectory { directory in
            let word = try Self.write(to: directory)
            try await Build(["-o", "type=image,name-canonical=true", "-t", word, "."], in: directory, on: engine)
                .succeed()
            var names = try await Self.names(in: engine)
            #expect(names.contains { $0.hasPrefix("docker.io/library/\(word):latest@sha256:") }, "\(names)")
            let other = try Self.write(to: directory)
            try await Build(["-o", "type=image,dangling-name-prefix=\(other)", "."], in: directory, on: engine)
                .succeed()
            names = try await Self.names(in: engine)
            #expect(names.contains { $0.hasPrefix("\(other)@sha256:") }, "\(names)")
        }
    }

    @Test(.requires(.docker26))
    func `an image that isn't stored is pushed all the same, by its digest alone where that is asked for`() async throws
    {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                for attribute in ["store=false", "push-by-digest=true"] {
                    let word = try Self.write(to: directory)
                    let name = "\(registry.address)/\(word)"
                    let output = "type=image,push=true,\(attribute),name=\(name)"
                    try await Build(["-o", output, "--iidfile", "id", "."], in: directory, on: engine).succeed()
                    let digest = try String(contentsOf: directory.appending(path: "id"), encoding: .utf8)
                    let byDigest = try await Self.skopeo("\(name)@\(digest)")
                    #expect(byDigest.succeeded, "\(attribute)")
                    let byTag = try await Self.skopeo("\(name):latest")
                    #expect(byTag.succeeded == (attribute == "store=false"))
                    if attribute == "store=false" {
                        #expect(try await !Self.names(in: engine).contains { $0.contains(word) })
                    }
                }
            }
        }
    }

    @Test(.requires(.docker26))
    func `a registry elsewhere is spoken to without TLS only where that is allowed`() async throws {
        // What the engine has is thrown away: no other test may need it.
        try await TestEngine.withOwn(.docker26) { try await Self.pushAndCacheWithoutTLS(on: $0) }
    }

    private static func pushAndCacheWithoutTLS(on engine: TestEngine) async throws {
        let format = "{{(index .IPAM.Config 0).Gateway}}"
        let host = try await engine.docker("network", "inspect", "bridge", "--format", format)
            .trimmingCharacters(in: .newlines)
        try await TestRegistry.with { behind in
            try await BrokenRegistry.with(passingTo: behind, at: host) { registry in
                try await withTemporaryDirectory { directory in
                    let word = try Self.write(to: directory)
                    let output = "type=image,push=true,name=\(registry.address)/\(word)"
                    func push(_ output: String, _ flags: [String] = []) -> Build {
                        Build(flags + ["--retry", "0", "-o", output, "."], in: directory, on: engine)
                    }
                    try await push(output).fail(with: 1, saying: registry.address)
                    try await push(output, ["--registry-insecure", "another:1"]).fail(with: 1, saying: registry.address)
                    try await push(output + ",registry.insecure=true").succeed()
                    #expect(try await Self.skopeo("\(behind.address)/\(word)").succeeded)
                    try await push(output + ":flag", ["--registry-insecure", registry.address]).succeed()
                    #expect(try await Self.skopeo("\(behind.address)/\(word):flag").succeeded)
                    let cache = "type=registry,ref=\(registry.address)/\(word):cache,registry.insecure=true"
                    let there = ["-o", "type=cacheonly", "."]
                    let written = try await Build(["--cache-to", cache] + there, in: directory, on: engine).succeed()
                    #expect(!written.errorOutput.contains("can't be written"), "\(written.errorOutput)")
                    #expect(try await Self.skopeo("\(behind.address)/\(word):cache").succeeded)
                    try await engine.pruneLayers()
                    let plain = "type=registry,ref=\(registry.address)/\(word):cache"
                    let flags = [
                        "--progress", "rawjson", "--registry-insecure", registry.address, "--cache-from", plain,
                    ]
                    let read = try await Build(flags + there, in: directory, on: engine).succeed()
                    let steps = ProgressLine.all(of: read.standardError).flatMap { $0.vertexes ?? [] }
                    #expect(steps.contains { $0.name.contains("COPY word") && $0.cached == true })
                }
            }
        }
    }

    private static func skopeo(_ image: String) async throws -> ProcessResult {
        try await run(Command("/usr/bin/skopeo", ["inspect", "--raw", "--tls-verify=false", "docker://" + image]))
    }

    @Test(.requires(.docker26))
    func `layers that aren't to be distributed stay so where that is preferred`() async throws {
        let engine = try await TestEngine.shared(.docker26)
        try await TestRegistry.with { registry in
            try await withTemporaryDirectory { directory in
                let word = try Self.write(to: directory)
                let base = "\(registry.address)/\(word)"
                // An image that the engine has never had: of its own layers it knows no addresses.
                try await RegistryImages.push(["amd64"], to: registry, word, tag: "1")
                try await Self.forbidDistribution(of: base, in: directory)
                try TestContext.write("FROM \(base):2\nCOPY word /more\n", to: directory, files: ["word": word])
                for prefers in [false, true] {
                    let output = "type=oci,dest=\(prefers).tar,prefer-nondist-layers=\(prefers)"
                    try await Build(["-o", output, "."], in: directory, on: engine).succeed()
                    let layout = try await ImageBlobs.unpack(directory.appending(path: "\(prefers).tar"))
                    let kinds = try layout.layers.map { $0.mediaType.contains("nondistributable") }
                    #expect(kinds == [prefers, false])
                }
            }
        }
    }

    /// Puts the image `:1` of a repository there as `:2` once more, with layers that may not be distributed.
    private static func forbidDistribution(of repository: String, in directory: URL) async throws {
        let script = """
            import json, sys, urllib.request
            base = "http://%s/v2/%s/manifests/" % tuple(sys.argv[1].split("/", 1))
            kinds = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
            def get(name):
                return json.load(urllib.request.urlopen(urllib.request.Request(base + name, headers={"Accept": kinds})))
            manifest = get("1")
            if "manifests" in manifest:
                manifest = get(manifest["manifests"][0]["digest"])
            kind = manifest["mediaType"]
            registry, repository = sys.argv[1].split("/", 1)
            for layer in manifest["layers"]:
                layer["urls"] = ["http://%s/v2/%s/blobs/%s" % (registry, repository, layer["digest"])]
                layer["mediaType"] = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
            data = json.dumps(manifest).encode()
            request = urllib.request.Request(base + "2", data, {"Content-Type": kind}, method="PUT")
            urllib.request.urlopen(request).read()
            """
        try await runSuccessfully(Command("python3", ["-c", script, repository]))
    }
}
