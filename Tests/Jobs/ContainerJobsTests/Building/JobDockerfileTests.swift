import CaissonBuildModel
import Testing

@testable import CaissonContainerJobs

@Suite struct JobDockerfileTests {
    private static let run = BuildID()

    private static var dockerfile: JobDockerfile {
        var dockerfile = JobDockerfile(
            run: run,
            image: "tools:1",
            files: [JobFile("run.sh", "echo $HOME\n")],
            command: ["sh", "/caisson/run.sh"]
        )
        dockerfile.stages = ["FROM scratch AS source", "COPY . /"]
        dockerfile.mounts = [
            .stage("source", folder: "/linux", target: "/src"),
            .cache(id: "ccache", target: "/ccache", isLocked: false),
            .cache(id: "build", target: "/build", isLocked: true), .secret(id: "token", target: "/run/token"),
        ]
        dockerfile.environment = ["B": "it's", "A": "1"]
        return dockerfile
    }

    @Test func `the text is what each engine's front end has understood since Docker 20`() {
        let files = "--mount=type=bind,from=files,source=/caisson,target=/caisson"
        let shared = "--mount=type=cache,id=ccache,target=/ccache,sharing=shared"
        let locked = "--mount=type=cache,id=build,target=/build,sharing=locked"
        let secret = "--mount=type=secret,id=token,target=/run/token,required=true"
        let lines = Self.dockerfile.text.split(separator: "\n").map(String.init)
        #expect(lines.first == "# check=skip=all")
        #expect(lines.contains("FROM tools:1 AS toolchain"))
        #expect(lines.contains("ENV B='it'\\''s'"))
        #expect(
            lines.contains(
                "RUN --mount=type=cache,id=caisson-job-\(Self.run),target=/job \(files) "
                    + "--mount=type=bind,from=source,source=/linux,target=/src \(shared) \(locked) \(secret) "
                    + #"["sh","/caisson/run.sh"]"#
            )
        )
        #expect(!Self.dockerfile.text.contains("<<"))
        #expect(!Self.dockerfile.text.contains("--network"))
    }

    @Test func `another run of the same job differs in its run alone`() {
        var other = Self.dockerfile
        other.run = BuildID()
        let text = Self.dockerfile.text
        #expect(other.text != text)
        #expect(other.text.split(separator: other.run.description).count == 5)
        #expect(other.text.replacing(other.run.description, with: Self.run.description) == text)
    }

    @Test func `what is carried can't be told apart from nothing by a name alone`() {
        #expect(Self.dockerfile.text.contains(JobDockerfile.filesMark + " ["))
        #expect(Self.dockerfile.text.contains(Self.dockerfile.mark))
    }
}
