import CaissonBuildModel
import CaissonContainerJobs
import CaissonText
import Testing

@testable import CaissonKernelJobs

/// What stands in a job's file is foreign text: a combining mark behind a character must not hide it.
@Suite struct KernelJobBytesTests {
    private static let host = TargetArchitecture.all[0]

    private static func codes(_ bytes: [UInt8]) -> [String] {
        do throws(KernelJobError) {
            _ = try KernelJobReader.read(bytes, file: "job.yaml", for: host)
            return []
        } catch {
            return error.problems.map(\.code)
        }
    }

    @Test(
        arguments: [
            (#"source: {git: {url: "https://me:s3cr3t@\u0301git.example/x"}}"#, "url.credentials"),
            (#"source: {git: {url: "https://me:\u0301s3cr3t@git.example/x"}}"#, "url.credentials"),
            (#"source: {git: {url: "ssh://me:\u0301s3cr3t@git.example/x"}}"#, "url.credentials"),
            (#"source: {image: {ref: a, subdir: "/x,\u0301rw=true"}}"#, "path.outside"),
            (#"source: {image: {ref: a, subdir: "../\u0301x"}}"#, "path.outside"),
            (#"dtbs: {only: ["../\u0301x.dtb"]}"#, "path.outside"),
            (#"dtbs: {only: ["/\u0301x.dtb"]}"#, "path.outside"),
            (#"dtbs: {only: ["-\u0301x.dtb"]}"#, "path.outside"),
            (#"make: {args: ["-\u0301C=x"]}"#, "make.option"),
            (#"reproducible: {user: "a'\u0301b"}"#, "reproducible.name"),
            (#"config: {set: {A: "\"x\r\nCONFIG_B=y\""}}"#, "job.value"), (#"make: {env: {A: "x\r\ny"}}"#, "job.value"),
            (#"name: "a\n\u0301""#, "job.value"), (#"artifacts: {patterns: ["/\u0301etc"]}"#, "artifacts.pattern"),
            (#"artifacts: {patterns: ["../\u0301x"]}"#, "artifacts.pattern"),
        ]
    )
    func `what can't be is told, whatever mark hides it`(_ text: String, _ code: String) {
        #expect(Self.codes(Array(text.utf8)).contains(code), "\(text)")
    }

    @Test func `a mark behind a character changes nothing of what it means`() throws {
        let text = #"""
            source: {path: "/\u0301linux"}
            config: {base: "file:\u0301base", fragments: ["ci/\u0301x"]}
            targets: ["cmd:headers"]
            """#
        var job = try KernelJobReader.read(Array(text.utf8), file: "job.yaml", for: Self.host)
        job.resolve(against: "/work")
        #expect(job.source == .path("/\u{301}linux"))
        #expect(job.config.base == .file("/work/\u{301}base") && job.config.fragments == [.file("/work/ci/\u{301}x")])
        #expect(job.targets == ["headers"])
    }

    @Test func `flags are read by bytes, too`() throws {
        var flags = KernelFlags()
        flags.operands = ["LOCALVERSION=\u{301}x"]
        flags.source = "linux\u{301}.tar.xz"
        flags.config = "ci/\u{301}base"
        let job = try KernelJobReader.apply(flags, to: KernelJob(for: Self.host))
        #expect(job.make.arguments == ["LOCALVERSION=\u{301}x"])
        #expect(job.source == .archive("linux\u{301}.tar.xz", digest: nil))
        #expect(job.config.base == .file("ci/\u{301}base"))
        for (image, code) in [
            ("a:1:/\u{301}x,rw", "path.outside"), ("a:/x/../\u{301}y", "path.outside"),
            ("a:/x,\u{301}", "path.outside"),
        ] {
            flags = KernelFlags()
            flags.sourceImage = image
            let error = #expect(throws: KernelJobError.self) {
                try KernelJobReader.apply(flags, to: KernelJob(for: Self.host))
            }
            #expect(error?.problems.map(\.code) == [code], "\(image)")
        }
        flags.sourceImage = "registry:5000/a:1:/\u{301}x:/y"
        let source = try KernelJobReader.apply(flags, to: KernelJob(for: Self.host)).source
        guard case .image(let image, let folder) = source else {
            Issue.record("no image")
            return
        }
        #expect(image.description == "registry:5000/a:1" && folder == "/\u{301}x:/y")
    }

    private static let whole = #"""
        {"kind": "kernel", "name": "board", "arch": "aarch64",
        "source": {"git": {"url": "https://git.example/linux.git", "ref": "v6.1", "depth": 1, "auth": {"secret": "t"}}},
        "toolchain": {"image": "tools:1", "compiler": "clang", "version": 15, "wrapper": "ccache"},
        "config": {"base": "tinyconfig",
        "fragments": ["kvm_guest.config", "file:a"], "set": {"CRC4": "m", "X": "\"a\""}},
        "targets": ["dtbs", "image"], "make": {"args": ["A=1", "-k"], "env": {"LOCALVERSION": "-x"}, "jobs": 4},
        "buildDir": {"mode": "cached", "cacheId": "mine"}, "reproducible": {"timestamp": 1700000000, "user": "u"},
        "artifacts": {"dest": "out", "patterns": ["*.ko"], "compress": "zst"},
        "resources": {"timeout": "2h", "cpus": 2}}
        """#

    private static let specified = """
        source_repository: https://git.example/linux.git
        branch: master
        commit_hash: HEAD
        git_depth: 1
        target_architecture: x86_64
        toolchain: gcc-12
        kernel_config: defconfig
        extra_make_args: [-j16, V=1]
        custom_env: {KBUILD_BUILD_USER: ci, SOURCE_DATE_EPOCH: "@17"}
        timeout: 60
        artifact_patterns: [arch/x86/boot/bzImage]
        """

    /// A valid file with some bytes changed, left out, doubled, or added.
    private static func mutated(_ valid: String) -> [UInt8] {
        var bytes = Array(valid.utf8)
        for _ in 0..<Int.random(in: 1...4) {
            let place = Int.random(in: 0..<bytes.count)
            switch Int.random(in: 0..<5) {
            case 0: bytes[place] = .random(in: 0...255)
            case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...10)))
            case 2:
                bytes.insert(
                    contentsOf: ["{", "]", "&a ", "*a", "\u{301}", "\n", "99999999999999999999"].randomElement()?.utf8
                        ?? "".utf8,
                    at: place
                )
            case 3: bytes.insert(contentsOf: bytes[place...].prefix(30), at: place)
            default: bytes.swapAt(place, .random(in: 0..<bytes.count))
            }
            if bytes.isEmpty { return [0] }
        }
        return bytes
    }

    @Test(arguments: [whole, specified])
    func `a damaged file is a job that can be built, or at most a hundred problems`(_ valid: String) throws {
        #expect(Self.codes(Array(valid.utf8)) == [])
        var jobs = 0
        for _ in 0..<1500 {
            let bytes = Self.mutated(valid)
            do throws(KernelJobError) {
                var job = try KernelJobReader.read(bytes, file: "job", for: Self.host)
                job.resolve(against: "/work")
                jobs += 1
                // What scripts and mounts are made of is never more than a line, and never leaves its folder.
                #expect(job.make.arguments.allSatisfy { !$0.hasBlankOrControl && $0.utf8.first != UInt8(ascii: "-") })
                #expect(job.targets.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 && $0 > 0x20 } })
                #expect(job.config.symbols.allSatisfy { KernelBuild.isSymbol($0.key) && !$0.value.utf8.contains(0x0A) })
                #expect(job.deviceTrees.allSatisfy { !$0.pieces(at: "/").contains("..") })
                #expect(job.results.patterns.texts.allSatisfy { !$0.pieces(at: "/").contains("..") })
            } catch {
                #expect((1...100).contains(error.problems.count) && error.lines.count == error.problems.count)
            }
        }
        #expect(jobs > 20)
    }

    @Test func `random bytes are no job, and flags of them are told`() {
        for _ in 0..<2000 {
            _ = Self.codes((0..<Int.random(in: 0...60)).map { _ in .random(in: 0...255) })
            let pieces = [
                "CONFIG_", "=", "y", "-", "j", "/", ":", "..", "\u{301}", "gcc", "12", ",", "'", " ", "a", "cmd:",
                "\r\n",
            ]
            func text() -> String { (0..<Int.random(in: 0...6)).compactMap { _ in pieces.randomElement() }.joined() }
            var flags = KernelFlags()
            (flags.operands, flags.fragments, flags.environment) = ([text(), text()], [text()], [text()])
            (flags.patterns, flags.sourceImage, flags.toolchain, flags.config) = ([text()], text(), text(), text())
            guard let job = try? KernelJobReader.apply(flags, to: KernelJob(for: Self.host)) else { continue }
            #expect(job.make.arguments.allSatisfy { $0.utf8.first != UInt8(ascii: "-") && !$0.hasBlankOrControl })
        }
    }
}
