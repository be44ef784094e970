import CaissonBuildModel
import CaissonText
import Testing

@testable import CaissonReporting

@Suite("The command line that a build is run again with")
struct RerunWordsTests {
    private func words(
        _ arguments: [String],
        _ job: BuildSubmission.Job = .batch,
        name: String? = "a",
        obstacle: String? = nil
    ) -> RerunWords {
        var submission = BuildSubmission(BuildSamples.id("r"), job, at: BuildSamples.now)
        submission.name = name
        let invocation = BuildSubmission.Invocation(arguments, in: "/src", obstacle: obstacle)
        return RerunWords(submission, invocation, valueFlags: ["--set", "-f", "--only"])
    }

    @Test(
        "Of a batch the one target is run, whatever part of it was run then",
        arguments: [
            ("batch", "batch --only a"),
            ("batch --only a --only b", "batch --only a"),
            ("batch --only=b app --only-failed", "batch app --only a"),
            ("batch --resume", "batch --only a"),
            ("batch --resume=0123 -f x.hcl", "batch -f x.hcl --only a"),
            ("batch --resume-id 0123 --resume-id=4 --print", "batch --print --only a"),
            ("batch --set --only app", "batch --set --only app --only a"),
            ("batch --only", "batch --only a"),
            ("batch --resumed -- --only b", "batch --resumed --only a -- --only b"),
        ]
    )
    func narrowing(then: String, again: String) {
        #expect(words(then.pieces(at: " ")).words == again.pieces(at: " "))
    }

    @Test("Of all else nothing is changed")
    func others() {
        let arguments = ["build", "--only", "x", "--resume", "."]
        #expect(words(arguments, .build, name: nil).words == arguments)
        #expect(words(arguments, .task).words == arguments)
        #expect(words(arguments, .batch, name: nil).words == arguments)
    }

    @Test(
        "What was open for that run alone is an obstacle",
        arguments: [
            "/dev/stdin", "/dev/fd/63", "-f/dev/stdin", "--file=/dev/fd/0", "id=x,src=/dev/fd/63",
            "--secret=id=a,src=/dev/stdin", "x=/proc/self/fd/12", "/proc/123/fd/3",
        ]
    )
    func descriptors(word: String) throws {
        let obstacle = try #require(words(["build", word, "."], .build).obstacle)
        #expect(obstacle == "\"\(word)\" in its command line was open for that run alone")
        #expect(words(["build", word], .build, obstacle: "other").obstacle == "other")
    }

    @Test(
        "Other paths are none",
        arguments: [
            "/dev/stdin2", "/home/dev/fd/3", "/dev/shm/fd/1", "/proc/self/fdinfo/1", "/proc/self/fd", "a=/proc", "-",
        ]
    )
    func paths(word: String) {
        #expect(words(["build", word, "."], .build).obstacle == nil)
    }
}
