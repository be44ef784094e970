import CaissonBuildModel
import CaissonContainerJobs
import CaissonText
import Testing

@testable import CaissonKernelJobs

@Suite struct KernelJobReaderTests {
    private static let host = TargetArchitecture.all[0]

    private static func read(_ text: String) throws(KernelJobError) -> KernelJob {
        try KernelJobReader.read(Array(text.utf8), file: "job.yaml", for: host)
    }

    private static func codes(_ text: String) -> [String] {
        do throws(KernelJobError) {
            _ = try read(text)
            return []
        } catch {
            return error.problems.map(\.code)
        }
    }

    @Test func `all that is wrong is told at once, with places, and without a token`() throws {
        let text = """
            apiVersion: caisson/v1
            kind: KernelJob
            metadata: {name: x86-boot}
            spec:
              kernel_conf: defconfig
              source:
                git:
                  url: https://me:s3cr3t-t0ken@git.example/linux.git
                  commit: 0123456789012345678901234567890123456ab
                archive: {path: linux.tar.xz}
              make: {args: [O=/x]}
            """
        let error = try #require(throws: KernelJobError.self) { try Self.read(text) }
        let told = ["job.unknown-key", "source.ambiguous", "url.credentials", "commit.length", "make.reserved"]
        #expect(Set(error.problems.map(\.code)) == Set(told))
        #expect(error.problems.map { $0.place?.line ?? 0 }.min() == 5)
        #expect(error.problems.allSatisfy { $0.place != nil })
        #expect(!error.description.contains("s3cr3t"))
        #expect(error.lines.contains { $0.hasPrefix("job.yaml:5:3: ") && $0.contains("config") })
    }

    @Test func `the specification's own example is a job`() throws {
        let text = """
            {
              "name": "linux-x86",
              "source_repository": "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git",
              "branch": "master",
              "commit_hash": "HEAD",
              "git_depth": 1,
              "git_submodules": false,
              "target_architecture": "x86_64",
              "kernel_config": "defconfig",
              "extra_make_args": ["-j16"],
              "enable_modules": true,
              "build_dtbs": false,
              "custom_env": {"KBUILD_BUILD_USER": "ci", "LOCALVERSION_AUTO": "n"},
              "workspace_root": "/var/lib/workspaces",
              "build_directory": "build",
              "output_directory": "out",
              "keep_workspace": true,
              "artifact_patterns": ["arch/x86/boot/bzImage", "*.ko", "System.map"]
            }
            """
        let job = try Self.read(text)
        guard case .git(let git) = job.source else {
            Issue.record("no repository")
            return
        }
        #expect(git.commit == nil && git.reference == "master" && git.depth == 1)
        #expect(job.make.jobs == 16 && job.make.arguments == [])
        #expect(job.targets == ["image", "modules"])
        #expect(job.identity.user == "ci")
        #expect(job.make.environment == ["LOCALVERSION_AUTO": "n"])
        #expect(job.keptFolder == "")
        #expect(job.results.folder == "out")
        #expect(job.results.patterns.texts == ["arch/x86/boot/bzImage", "*.ko", "System.map"])
        #expect(job.config.base == .tree("defconfig"))
    }

    @Test func `a job says all of itself in the flat form`() throws {
        let job = try Self.read(
            """
            kind: kernel
            name: board
            source: {path: linux}
            arch: aarch64
            toolchain: {image: "tools:1", compiler: clang, version: 15, wrapper: ccache}
            config:
              base: tinyconfig
              fragments: [kvm_guest.config, "file:ci/boot.config", other/x.config]
              set: {CONFIG_MODULES: y, CRC4: m, CONFIG_SMP: n, CONFIG_NR: 8, CONFIG_HEX: "0x1F", CONFIG_HOST: '"me"'}
              strict: false
            targets: [dtbs, headers, image, bindeb-pkg]
            dtbs: {only: [vendor/a.dtb]}
            make: {args: [KDEB_PKGVERSION=1, -k], env: {LOCALVERSION: -x}, jobs: 4, verbose: true}
            buildDir: {mode: cached, cacheId: mine}
            reproducible: {timestamp: 1700000000, user: u, host: h}
            artifacts: {dest: out, patterns: ["*.ko"], compress: zst, stripModules: false}
            resources: {timeout: 2h, memory: 4GiB, cpus: 2}
            retry: {attempts: 2}
            """
        )
        #expect(job.name == "board" && job.architecture.name == "arm64")
        #expect(job.toolchain.compiler == "clang" && job.toolchain.version == "15" && job.toolchain.wrapper == "ccache")
        #expect(job.config.fragments == [.tree("kvm_guest.config"), .file("ci/boot.config"), .file("other/x.config")])
        #expect(job.config.symbols["CONFIG_CRC4"] == "m" && job.config.symbols["CONFIG_HOST"] == "\"me\"")
        #expect(!job.config.isStrict)
        #expect(job.targets == ["image", "dtbs", "headers", "bindeb-pkg"])
        #expect(job.make.arguments == ["KDEB_PKGVERSION=1"] && job.make.keepsGoing && job.make.jobs == 4)
        #expect(job.keptFolder == "mine")
        #expect(job.identity.time == 1_700_000_000)
        #expect(job.results.compression == "zst" && !job.results.stripsModules)
        #expect(job.timeout == .seconds(7200) && job.retries == 2)
    }

    @Test(
        arguments: [
            ("arch: x86_65", "arch.unknown"), ("name: Big", "job.name"), ("name: ''", "job.value"), ("- a", "job.type"),
            ("source: {archive: {path: a.tar, sha256: abc}}", "sha256.length"),
            ("source: {archive: {}}", "source.archive"),
            ("source: {git: {}}", "source.git"), ("source: {git: {url: ftp://x/y}}", "url.scheme"),
            ("source: {git: {url: 'https://x/a b'}}", "url.character"), ("source: {image: 'A B'}", "image.name"),
            ("source: {image: {ref: a, subdir: ../x}}", "path.outside"), ("config: {base: 'a b'}", "config.name"),
            ("config: {set: {'A-B': y}}", "config.symbol"), ("config: {set: {A: maybe}}", "config.value"),
            ("targets: ['-f']", "targets.name"), ("targets: ['a b']", "targets.name"), ("image: '../x'", "image.name"),
            ("dtbs: {only: [../x.dtb]}", "path.outside"), ("make: {args: ['a;b']}", "make.argument"),
            ("make: {args: [modules]}", "make.argument"), ("make: {args: [-j0]}", "make.jobs"),
            ("make: {args: [-f]}", "make.option"), ("make: {env: {CC: gcc}}", "make.reserved"),
            ("make: {env: {1A: x}}", "env.name"), ("make: {env: {API_TOKEN: x}}", "env.secret"),
            ("make: {env: {SOURCE_DATE_EPOCH: now}}", "env.time"), ("make: {jobs: -1}", "job.value"),
            ("make: {jobs: many}", "job.value"), ("buildDir: {mode: kept}", "job.value"),
            ("buildDir: {mode: cached, cacheId: A}", "buildDir.cacheId"),
            ("reproducible: {user: 'a b'}", "reproducible.name"),
            ("artifacts: {patterns: [/etc/x]}", "artifacts.pattern"), ("artifacts: {compress: rar}", "job.value"),
            ("resources: {timeout: soon}", "resources.timeout"), ("toolchain: {version: x}", "toolchain.version"),
            ("toolchain: {compiler: tcc}", "job.value"), ("toolchain: {crossCompile: 'a b'}", "toolchain.prefix"),
            ("kind: KernelBuild", "job.value"), ("config: [", "job.syntax"),
            ("toolchain: {wrapper: distcc}", "job.value"),
            ("target_architecture: x86_64\\ntoolchain: tcc-1", "toolchain.name"),
            ("source: {patches: [{strip: 1}]}", "source.patches"),
        ]
    )
    func `what can't be is told by its code`(_ text: String, _ code: String) {
        #expect(Self.codes(text.replacing("\\n", with: "\n")).contains(code))
    }

    @Test func `a file of nothing but problems fills no terminal`() {
        let text = (0..<500).map { "k\($0): 1" }.joined(separator: "\n")
        #expect(Self.codes(text).count == 100)
    }

    @Test func `flags are a job, and win over a file's`() throws {
        var flags = KernelFlags()
        flags.architecture = "aarch64"
        flags.toolchain = "gcc-12"
        flags.config = "ci/base.config"
        flags.fragments = ["kvm_guest.config", "CONFIG_CRC4=m"]
        flags.operands = ["modules", "V=1", "kernel", "headers"]
        flags.environment = ["LOCALVERSION=-x"]
        flags.sourceImage = "registry.example:5000/linux:6.1:/usr/src/linux"
        let job = try KernelJobReader.apply(flags, to: KernelJob(for: Self.host))
        #expect(job.architecture.name == "arm64")
        #expect(job.toolchain.version == "12" && job.toolchain.isVersionInName)
        #expect(job.config.base == .file("ci/base.config"))
        #expect(job.targets == ["image", "modules", "headers"])
        #expect(job.make.arguments == ["V=1"])
        guard case .image(let image, let folder) = job.source else {
            Issue.record("no image")
            return
        }
        #expect(image.description == "registry.example:5000/linux:6.1" && folder == "/usr/src/linux")
    }

    @Test func `wrong flags are told together`() throws {
        var flags = KernelFlags()
        (flags.architecture, flags.wrapper, flags.toolchain, flags.name) = ("arm46", "none2", "icc", "A")
        (flags.operands, flags.environment, flags.patterns, flags.keptFolder) = (["O=/x", "-x"], ["A"], ["../x"], "/")
        let error = try #require(throws: KernelJobError.self) {
            try KernelJobReader.apply(flags, to: KernelJob(for: Self.host))
        }
        let codes = [
            "arch.unknown", "toolchain.name", "toolchain.wrapper", "env.form", "make.reserved", "targets.name",
            "job.name",
            "artifacts.pattern", "buildDir.cacheId",
        ]
        #expect(Set(error.problems.map(\.code)) == Set(codes))
        #expect(error.lines.contains { $0.contains("did you mean arm64?") })
    }

    @Test func `a repository, patches, a boot and a second build are said in the file and by flags`() throws {
        let job = try Self.read(
            """
            source:
              git: {url: "https://git.example/linux.git", ref: v6.6, depth: 5, submodules: true, auth: {secret: token}}
              patches: [a.patch, {path: b.patch, strip: 0}]
              keepGit: true
            toolchain: {base: "debian:trixie"}
            reproducible: {check: rebuild-varied}
            validate: {boot: {timeout: 90s, expect: UP, memoryMiB: 512, append: "quiet x=1"}}
            """
        )
        guard case .git(let git) = job.source else {
            Issue.record("no repository")
            return
        }
        #expect(git.reference == "v6.6" && git.depth == 5 && git.hasSubmodules && git.secret == "token")
        #expect(job.patches.map(\.path) == ["a.patch", "b.patch"] && job.patches.map(\.strip) == [1, 0])
        #expect(job.keepsHistory && job.check == .varied && job.toolchain.base?.description.contains("trixie") == true)
        #expect(job.boot?.timeout == .seconds(90) && job.boot?.marker == "UP" && job.boot?.memory == 512)
        var flags = KernelFlags()
        flags.repository = "ssh://git@git.example/linux.git#0123456789012345678901234567890123456789"
        (flags.depth, flags.agent, flags.patches, flags.boots, flags.check) = (
            0, "default", ["c.patch"], true, .rebuild
        )
        let said = try KernelJobReader.apply(flags, to: KernelJob(for: Self.host))
        guard case .git(let own) = said.source else {
            Issue.record("no repository")
            return
        }
        #expect(own.commit == "0123456789012345678901234567890123456789" && own.reference == nil && own.depth == 0)
        #expect(own.url == "ssh://git@git.example/linux.git" && own.ssh == "default")
        #expect(said.patches.map(\.path) == ["c.patch"] && said.boot != nil && said.check == .rebuild)
    }

    @Test(arguments: [
        ("https://me:token@x/linux.git", "url.credentials"), ("linux.git", "url.scheme"),
        ("https://x/linux.git#--upload-pack=x", "git.ref"), ("https://x/linux.git#a..b", "git.ref"),
        ("https://x/linux.git#a:b", "git.ref"),
    ])
    func `a repository that can't be one is told, and no password`(_ text: String, _ code: String) throws {
        var flags = KernelFlags()
        flags.repository = text
        let error = try #require(throws: KernelJobError.self) {
            try KernelJobReader.apply(flags, to: KernelJob(for: Self.host))
        }
        #expect(error.problems.map(\.code) == [code])
        #expect(!error.description.contains("token"))
    }

    @Test func `a secret's name can't add to an instruction`() {
        var flags = KernelFlags()
        (flags.repository, flags.secret) = ("https://x/linux.git", "a,target=/etc")
        #expect(throws: KernelJobError.self) { try KernelJobReader.apply(flags, to: KernelJob(for: Self.host)) }
    }

    @Test func `paths are relative to where they are said`() throws {
        var job = try Self.read(
            "source: {path: linux}\nconfig: {base: 'file:a', fragments: ['file:/b']}\nartifacts: {dest: out}"
        )
        job.resolve(against: "/work/ci")
        #expect(job.source == .path("/work/ci/linux"))
        #expect(job.config.base == .file("/work/ci/a") && job.config.fragments == [.file("/b")])
        #expect(job.results.folder == "/work/ci/out")
    }

    @Test func `random texts are jobs or problems, and never a trap`() {
        var generator = SystemRandomNumberGenerator()
        let words = [
            "source:", "git:", "\n", "  ", "- ", "[", "]", "{", "}", "url:", "x", "make:", "args:", "&a", "*a", "'",
            "\"", ": ", "1",
            "spec:", "metadata:", "kernel_config:", "~", "!!x", "true", "-j", "env:",
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...30, using: &generator)).compactMap { _ in words.randomElement() }
                .joined()
            let told = Self.codes(text)
            #expect(told.count <= 100)
        }
    }
}
