import CaissonArchive
import CaissonBuildModel
import CaissonBundles
import CaissonJSON
import Testing

struct BundleReaderTests {
    @Test
    func `A bundle by buildx tells of its builds`() throws {
        let reader = try Bundling.open(try Bundling.fixture())
        let builds = try Bundling.builds(reader)
        let ids = builds.map(\.dossier.record.id.description)
        #expect(ids == ["i17exazgztou18xz57r6db0u3", "omc599paupbjqb7zekuw9kctu"])
        #expect(builds.map(\.dossier.record.status) == [.succeeded, .failed])
        #expect(builds.allSatisfy { !$0.isOurs && $0.omissions.isEmpty && $0.platform == "linux/amd64" })
        let good = try #require(builds.first)
        #expect(good.dossier.record.submission.context == "/home/me/app/ctx")
        #expect(good.dossier.record.submission.dockerfile == "Dockerfile")
        #expect(good.dossier.record.submission.images == ["docker.io/library/fix:1"])
        #expect(good.dossier.record.submission.request["args"]?["A"]?.string == "b")
        #expect(good.dossier.record.submission.request["labels"]?["l"]?.string == "m")
        #expect(good.dossier.record.steps == 7 && good.dossier.record.completedSteps == 7)
        #expect(good.dossier.record.images.first?.digest?.hasPrefix("sha256:fd2925b1") == true)
        #expect(good.dossier.steps.count == 7 && good.dossier.steps.allSatisfy { $0.duration != nil })
        let last = try #require(good.dossier.steps.first { $0.name.hasSuffix("echo two") })
        let before = last.inputs.compactMap { number in good.dossier.steps.first { $0.number == number }?.name }
        #expect(before == ["[stage-1 1/2] RUN --network=none echo hello; echo oops >&2"])
        #expect(last.logSize == 4)
    }

    @Test
    func `What was printed and what goes with it can be read`() throws {
        let builds = try Bundling.builds(try Bundling.open(try Bundling.fixture()))
        let good = try #require(builds.first)
        let pieces = try Bundling.pieces(good)
        #expect(pieces.map { String(decoding: $0.bytes, as: UTF8.self) } == ["oops\n", "hello\n", "two\n"])
        #expect(pieces.map(\.stream) == [2, 1, 1])
        #expect(pieces.allSatisfy { ($0.time?.seconds ?? 0) > 1_796_000_000 })
        #expect(
            good.documents.map(\.type) == [
                "application/vnd.buildkit.otlp.json.v0", "application/vnd.in-toto+json",
                "application/vnd.oci.image.index.v1+json",
            ]
        )
        let attestation = try #require(good.documents.first { $0.type == "application/vnd.in-toto+json" })
        #expect(try JSON(parsing: try good.bytes(of: attestation)).isObject)
        #expect(throws: BundleError.self) { try good.bytes(of: attestation, limit: 10) }
    }

    @Test
    func `A failure has its place in the Dockerfile`() throws {
        let bad = try #require(try Bundling.builds(try Bundling.open(try Bundling.fixture())).last)
        let error = try #require(bad.dossier.error)
        #expect(error.code == .step)
        #expect(error.message.hasSuffix("did not complete successfully: exit code: 1"))
        #expect(error.step?.exitCode == 1)
        #expect(error.step?.name == "[stage-1 1/2] RUN --network=none echo hello; echo oops >&2")
        #expect(error.excerpts.first?.ranges == [SourceRange(startLine: 4, endLine: 4)])
        #expect(error.excerpts.first?.source.data.starts(with: "FROM scratch".utf8) == true)
    }

    @Test
    func `What is read can be written and read again`() throws {
        let builds = try Bundling.builds(try Bundling.open(try Bundling.fixture()))
        let again = builds.map { build in
            BundledBuild(build.dossier) {
                let log = build.openLog()
                return { try log.next() }
            }
        }
        let read = try Bundling.builds(try Bundling.open(try Bundling.bytes(again)))
        // Whether it is kept isn't told in a bundle.
        #expect(read.map(\.dossier) == builds.map(\.dossier))
        #expect(try read.map { try Bundling.pieces($0) } == builds.map { try Bundling.pieces($0) })
    }

    @Test
    func `A missing or changed blob is told, and the other builds are there`() throws {
        let files = try Bundling.files(try Bundling.fixture())
        for place in files.indices where !files[place].content.isEmpty && files[place].name.hasPrefix("blobs/") {
            let isList = String(decoding: files[place].content, as: UTF8.self).contains("history.reference")
            for change in [true, false] {
                var changed = files
                if change {
                    changed[place].content.append(0x20)
                } else {
                    changed.remove(at: place)
                }
                let bytes = try Bundling.tar(changed)
                guard !isList else {
                    #expect(throws: BundleError.self) { try Bundling.open(bytes) }
                    continue
                }
                let reader = try Bundling.open(bytes)
                let builds = try Bundling.builds(reader)
                let told = reader.omissions + builds.flatMap(\.omissions)
                #expect(told.contains { $0.hasSuffix(change ? "another content than its name says" : "is missing") })
                #expect(builds.count >= 1)
            }
        }
    }

    @Test
    func `Other tars, broken ones and no tars are no bundles`() throws {
        let fixture = try Bundling.fixture()
        #expect(throws: BundleError.self) { try Bundling.open([]) }
        #expect(throws: BundleError.self) { try Bundling.open(Array("not a tar at all".utf8)) }
        #expect(throws: BundleError.self) { try Bundling.open(Array(fixture.prefix(fixture.count / 2))) }
        let other = try Bundling.tar([(name: "manifest.json", content: Array("[]".utf8))])
        let error = #expect(throws: BundleError.self) { try Bundling.open(other) }
        #expect(error?.code == .notABundle)
        for text in ["{}", "[]", "{\"manifests\":[{}]}", "{\"manifests\":[{\"digest\":\"sha256:x\"}]}", "{"] {
            let bytes = try Bundling.tar([(name: "index.json", content: Array(text.utf8))])
            #expect(throws: BundleError.self) { try Bundling.open(bytes) }
        }
    }

    @Test
    func `An image is no build, and unknown layers are left out`() throws {
        func blob(_ text: String) -> (name: String, content: [UInt8], descriptor: String) {
            let digest = ContentDigest(of: Array(text.utf8))
            return (
                "blobs/sha256/\(digest.hex)", Array(text.utf8), #"{"digest":"\#(digest)","size":\#(text.utf8.count)}"#
            )
        }
        let image = blob(#"{"config":{"mediaType":"image\nx"},"layers":[]}"#)
        let record = #"{"Ref":"x/y","CreatedAt":{"seconds":5},"CompletedAt":{}}"#
        let config = blob(record)
        let typed = config.descriptor.replacing("{", with: #"{"mediaType":"\#(BundleMediaType.record)","#)
        let build = blob(#"{"config":\#(typed),"layers":[{"mediaType":"alien"}]}"#)
        let index = #"{"manifests":[\#(image.descriptor),\#(build.descriptor),\#(build.descriptor)]}"#
        let files = [image, config, build].map { (name: "./" + $0.name, content: $0.content) }
        let reader = try Bundling.open(try Bundling.tar(files + [(name: "index.json", content: Array(index.utf8))]))
        let builds = try Bundling.builds(reader)
        #expect(reader.omissions == [#"something of type "image\nx" is no build and is left out"#])
        #expect(builds.map(\.omissions) == [[#"a layer of type "alien" is left out"#]])
        #expect(builds.first?.dossier.record.status == .succeeded)
        #expect(builds.first?.dossier.record.duration == .zero, "a time that goes backwards is none")
        #expect(try builds.map { try Bundling.pieces($0) } == [[]])
    }

    @Test
    func `Names in the tar lead nowhere`() throws {
        let files = try Bundling.files(try Bundling.fixture())
        let zeros = "blobs/sha256/" + String(repeating: "0", count: 64)
        let odd = ["../index.json", "/index.json", "blobs/sha256/../../x", zeros]
        let bytes = try Bundling.tar(odd.map { (name: $0, content: [1]) } + files)
        #expect(try Bundling.builds(try Bundling.open(bytes)).count == 2)
        let twice = try Bundling.tar(files + [(name: "index.json", content: Array("{}".utf8))])
        #expect(throws: BundleError.self) { try Bundling.open(twice) }
        let target = TarEntry.Kind.symbolicLink(target: Array("/etc/x".utf8))
        let link = TarEntry(path: Array("index.json".utf8), kind: target, permissions: 0o777)
        let linked = try Bundling.tar([(link, [])])
        #expect(throws: BundleError.self) { try Bundling.open(linked) }
    }

    @Test
    func `Limits hold`() throws {
        let fixture = try Bundling.fixture()
        func limits(_ change: (inout BundleLimits) -> Void) -> BundleLimits {
            var limits = BundleLimits()
            change(&limits)
            return limits
        }
        for limits in [limits { $0.builds = 1 }, limits { $0.files = 3 }, limits { $0.content = 1000 }] {
            let error = #expect(throws: BundleError.self) { try Bundling.open(fixture, limits) }
            #expect(error?.code == .limitExceeded)
        }
        #expect(throws: BundleError.self) { try Bundling.open(fixture, limits { $0.document = 100 }) }
        for limits in [limits { $0.steps = 2 }, limits { $0.message = 10 }, limits { $0.stepText = 100 }] {
            let builds = try Bundling.builds(try Bundling.open(fixture, limits))
            #expect(builds.count == 2)
            #expect(builds.allSatisfy { $0.omissions.count == 1 && $0.dossier.steps.count <= 2 })
        }
    }

    @Test
    func `Broken bundles end in errors, not in crashes`() throws {
        let files = try Bundling.files(try Bundling.fixture())
        let ours = try Bundling.files(try Bundling.bytes([Bundling.build(Bundling.dossier())]))
        for seed in 0..<120 {
            var random = SeededGenerator(state: UInt64(seed))
            var changed = seed.isMultiple(of: 2) ? files : ours
            let place = Int.random(in: 0..<changed.count, using: &random)
            for _ in 0..<Int.random(in: 1...8, using: &random) where !changed[place].content.isEmpty {
                let byte = Int.random(in: 0..<changed[place].content.count, using: &random)
                changed[place].content[byte] = UInt8.random(in: 0...255, using: &random)
            }
            // The digests are made to fit, so that what is inside is looked at.
            guard let reader = try? Bundling.open(try Bundling.tar(renamed(changed, files: place))) else { continue }
            while let build = try reader.next() { _ = try? Bundling.pieces(build) }
        }
    }

    private typealias File = (name: String, content: [UInt8])

    /// Gives a changed file the name of its content, in all that names it.
    private func renamed(_ files: [File], files place: Int) -> [File] {
        var files = files
        var next: Int? = place
        for _ in 0..<5 {
            guard let place = next, let old = files[place].name.split(separator: "/").last, old.count == 64
            else { break }
            let new = ContentDigest(of: files[place].content).hex
            files[place].name = "blobs/sha256/" + new
            next = nil
            for other in files.indices {
                let text = String(decoding: files[other].content, as: UTF8.self)
                guard text.contains(old), Array(text.utf8) == files[other].content else { continue }
                files[other].content = Array(text.replacing(old, with: new).utf8)
                if files[other].name != "index.json" { next = other }
            }
        }
        return files
    }
}

/// Random numbers that are the same in each run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
