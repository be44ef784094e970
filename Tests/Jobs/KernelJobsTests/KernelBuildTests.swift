import CaissonBuildModel
import CaissonContainerJobs
import CaissonSystem
import Foundation
import Testing

@testable import CaissonKernelJobs

@Suite struct KernelBuildTests {
    private static func build(_ job: KernelJob, isVaried: Bool = false) throws -> KernelBuild {
        try KernelBuild(
            job,
            run: BuildID(),
            image: ImageReference(parsing: "tools:1"),
            machine: job.architecture,
            isVaried: isVaried
        )
    }

    private static func file(_ name: String, of build: KernelBuild) -> String {
        build.dockerfile.files.first { $0.path == name }.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
    }

    private static func gitJob(_ url: String = "https://git.example/linux.git") -> KernelJob {
        var job = KernelJob(for: TargetArchitecture.all[0])
        job.source = .git(KernelJob.Git(url))
        return job
    }

    @Test func `only the run that fetches has the network and the secret`() throws {
        var git = KernelJob.Git("https://git.example/linux.git")
        git.secret = "token"
        var job = KernelJob(for: TargetArchitecture.all[0])
        job.source = .git(git)
        var build = try Self.build(job)
        build.take(secrets: [], ssh: [])
        let text = build.dockerfile.text
        let runs = text.split(separator: "\n").filter { $0.hasPrefix(build.dockerfile.mark) && $0.contains("/run.sh") }
        #expect(runs.count == 2)
        #expect(runs.filter { $0.contains("type=secret,id=token") }.count == 1)
        #expect(runs.first { $0.contains("type=secret") }?.contains("\"fetch\"") == true)
        #expect(build.request.network == NetworkMode.none && build.request.secrets.map(\.id) == ["token"])
        #expect(build.request.context == .empty)
    }

    @Test func `jobs of one repository share its objects and no tree`() throws {
        var other = Self.gitJob()
        other.name = "other"
        let builds = try [Self.gitJob(), other, Self.gitJob("https://git.example/other.git")].map { try Self.build($0) }
        func ids(_ prefix: String) -> [String] {
            builds.map { build in
                let text = build.dockerfile.text
                let start = text.firstRange(of: "id=\(prefix)")
                return start.map { String(text[$0.upperBound...].prefix { $0 != "," }) } ?? ""
            }
        }
        let (objects, trees) = (ids("caisson-git-"), ids("caisson-tree-"))
        #expect(objects[0] == objects[1] && objects[0] != objects[2] && !objects[0].isEmpty)
        #expect(Set(trees).count == 3)
    }

    @Test func `a patch is checked, carried and told by its name alone`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a b\n.patch").path
        try "--- a/x\n".write(toFile: path, atomically: true, encoding: .utf8)
        var job = KernelJob(for: TargetArchitecture.all[0])
        job.source = .path(folder.path)
        job.patches = [KernelJob.Patch(path)]
        let build = try Self.build(job)
        #expect(Self.file("patches/list", of: build).split(separator: "\n").count == 1)
        #expect(Self.file("patches/0.patch", of: build) == "--- a/x\n")
        #expect(build.dockerfile.text.contains("FROM toolchain AS patched\n"))
        // What else a job asks for doesn't patch a tree again.
        #expect(build.dockerfile.text.contains("source=/caisson/patches,target=/caisson/patches"))
        job.patches[0].digest = ContentDigest(of: [1])
        let error = try #require(throws: BuildError.self) { try Self.build(job) }
        #expect(error.message.contains("checksum mismatch"))
        job.patches = [KernelJob.Patch(folder.appending(path: "nope").path)]
        #expect(throws: BuildError.self) { try Self.build(job) }
    }

    @Test func `a second build has no cache of the first, its time, and what is varied`() throws {
        var job = KernelJob(for: TargetArchitecture.all[0])
        job.source = .path("/")
        (job.toolchain.wrapper, job.keptFolder, job.check) = ("ccache", "kept", .varied)
        job.make.jobs = 1
        let again = try Self.build(job.again(at: 1_700_000_000), isVaried: true)
        #expect(
            !again.dockerfile.text.contains("id=caisson-ccache") && !again.dockerfile.text.contains("caisson-kernel-")
        )
        let environment = Self.file("environment", of: again)
        for line in ["KERNEL_TIME='1700000000'", "KERNEL_VARIED='1'", "KERNEL_JOBS='2'", "BUILD='/build-again'"] {
            #expect(environment.contains(line), "\(line)")
        }
    }

    @Test func `the image of tools is another one for other tools, and ours is the one in the repository`() throws {
        let host = TargetArchitecture.all[0]
        var jobs = [KernelJob(for: host), KernelJob(for: try #require(TargetArchitecture("arm64")))]
        var clang = KernelJob(for: host)
        clang.toolchain.compiler = "clang"
        var booted = KernelJob(for: host)
        booted.boot = KernelJob.Boot()
        jobs += [clang, booted]
        let images = try jobs.map { try KernelToolchainImage(for: $0, machine: host) }
        #expect(Set(images.map(\.name)).count == 4)
        #expect(images[1].request.buildArgs["CROSS"] == "aarch64-linux-gnu")
        #expect(images[2].request.buildArgs["CLANG"] == "yes" && images[3].request.buildArgs["QEMU"] == "x86")
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = repository.appending(path: "Dockerfiles/kernel/Dockerfile").path
        #expect(images[0].request.dockerfile == .text(try BoundedFile.read(file, limit: 1 << 20)))
    }
}
